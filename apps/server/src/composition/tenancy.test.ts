import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../contract/openapi-document.ts';
import { sql } from '../storage/index.ts';
import { type TestJson, type TestServer, testServer } from '../testing/test-server.ts';

/** Stands in every text that belongs to the first organisation; no answer to anybody else may hold it. */
const MARKER = 'Musterbetrieb-Geheimnis';

interface Sample {
  readonly api: string;
  readonly operationId: string;
  readonly body: unknown;
}

const samples: Sample[] = ['portal', 'pricing', 'erp-integration'].flatMap((file) =>
  JSON.parse(readFileSync(new URL(`../contract/samples/${file}.json`, import.meta.url), 'utf8')),
);

let server: TestServer;
let operations: readonly Operation[];
let owner: { org: string; token: string };
let stranger: { org: string; token: string };
/** A customer of the owner's portal, to whom nothing marked belongs. */
let otherCustomer: string;
/** Ids of the owner's records by what a contract calls them. */
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await testServer();
  operations = server.busbar.operations.filter(({ api, operationId }) =>
    server.busbar.handlers.has(`${api} ${operationId}`),
  );
  owner = await server.organisation();
  stranger = await server.organisation();
  ids = await plant();
  otherCustomer = await signUpOtherCustomer();
});

/** Gives the first organisation a record of every kind that can be made over the API, marked. */
async function plant(): Promise<Record<string, string>> {
  const create = async (method: string, path: string, body: unknown): Promise<TestJson> => {
    const answer = await server.request(method, path, { token: owner.token, body });
    expect([path, answer.status, answer.status < 300 ? '' : answer.body]).toEqual([path, answer.status, '']);
    return answer.body;
  };
  const contact = await create('POST', '/v1/entity/contact', {
    first_name: MARKER,
    last_name: MARKER,
    customer_number: MARKER,
  });
  const contract = await create('POST', '/v1/entity/contract', {
    contract_name: MARKER,
    contract_number: MARKER,
    customer: { $relation: [{ entity_id: contact['_id'] }] },
  });
  await create('POST', '/v1/environments', { key: 'owner.note', type: 'String', value: MARKER });
  const webhook = await create('POST', '/v1/webhooks/configs', {
    name: MARKER,
    eventName: 'event_MeterReadingAdded',
    url: 'https://erp.example/hook',
    httpMethod: 'POST',
    auth: { authType: 'NONE' },
  });
  const token = await create('POST', '/v1/access-tokens', { name: MARKER });
  const known: Record<string, string> = {
    contact: String(contact['_id']),
    contract: String(contract['_id']),
    webhook: String(webhook['id']),
    token: String(token['id']),
  };
  return known;
}

/** A second customer of the owner with an account in its portal; answers their token. */
async function signUpOtherCustomer(): Promise<string> {
  const create = async (path: string, body: unknown) =>
    (await server.request('POST', path, { token: owner.token, body })).body;
  const contact = await create('/v1/entity/contact', { first_name: 'Otto', last_name: 'Other' });
  const portal = await create('/v3/portal/config', {
    origin: 'END_CUSTOMER_PORTAL',
    name: 'Portal',
    enabled: true,
  });
  const email = `otto@${owner.org}.example`;
  const user = await create('/v1/entity/portal_user', {
    email: [{ email }],
    portal_id: portal['portal_id'],
    origin: 'END_CUSTOMER_PORTAL',
    access_status: true,
    registration_status: 'Registered',
    mapping_status: 'Mapped',
    mapped_contact: { $relation: [{ entity_id: contact['_id'] }] },
  });
  const { identity } = server.busbar.rooms;
  const account = {
    portalId: String(portal['portal_id']),
    portalUserId: String(user['_id']),
    email,
    emailVerified: true,
  };
  await server.busbar.storage.database
    .tenant(owner.org)
    .transaction((tx) => identity.accounts.createPortalAccount(tx, account));
  return (await identity.issuePortalToken(account.portalId, account.portalUserId)).id_token;
}

/** The owner's id where the contract's name tells what is meant, else one that nobody has. */
function idFor(operation: Operation, name: string): string {
  if (name === 'slug' || name === 'schema') return 'contract';
  if (name === 'event_name') return 'MeterReadingAdded';
  if (name === 'key') return 'owner.note';
  if (name === 'attribute') return 'customer';
  if (name === 'configId') return ids['webhook'] ?? randomUUID();
  if (operation.api === 'access-token') return ids['token'] ?? randomUUID();
  if (name === 'id' || name === 'entity_id' || name === 'contract_id') return ids['contract'] ?? randomUUID();
  return ids[name] ?? randomUUID();
}

function pathOf(operation: Operation): string {
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(idFor(operation, name)),
  );
  const required = operation.parameters.filter(
    (parameter) => parameter.place === 'query' && parameter.required,
  );
  const query = new URLSearchParams(
    Object.fromEntries(required.map(({ name }) => [name, idFor(operation, name)])),
  );
  return required.length > 0 ? `${path}?${query}` : path;
}

function bodyOf(operation: Operation): unknown {
  if (!operation.body) return undefined;
  const sample = samples.find(
    (one) => one.api === operation.api && one.operationId === operation.operationId,
  );
  return sample?.body ?? {};
}

/** Everything the owner has, as one number. */
async function fingerprint(): Promise<{ readonly id: string; readonly marked: boolean }[]> {
  return server.busbar.storage.database.tenant(owner.org).query(sql`
    select id, updated_at, deleted_at, md5(doc::text) as doc, doc::text like ${`%${MARKER}%`} as marked
      from entity where org_id = ${owner.org} order by id`);
}

const needsToken = (operation: Operation) =>
  !operation.anonymous && !operation.security.includes('ExternalOIDCAuth');

describe('every implemented operation', () => {
  it('refuses callers without a token, or with one that means nothing', async () => {
    for (const operation of operations.filter(needsToken)) {
      for (const token of [undefined, 'nonsense', 'a.b.c']) {
        const answer = await server.request(operation.method, pathOf(operation), {
          token,
          body: bodyOf(operation),
        });
        expect([operation.operationId, answer.status]).toEqual([operation.operationId, 401]);
      }
    }
  });

  it('shows nothing of an organisation to another one and changes nothing there', async () => {
    const before = await fingerprint();
    for (const operation of operations) {
      const answer = await server.request(operation.method, pathOf(operation), {
        token: stranger.token,
        body: bodyOf(operation),
      });
      expect([operation.operationId, answer.status < 500 || answer.status === 501]).toEqual([
        operation.operationId,
        true,
      ]);
      expect([operation.operationId, JSON.stringify(answer.body).includes(MARKER)]).toEqual([
        operation.operationId,
        false,
      ]);
    }
    expect(await fingerprint()).toEqual(before);
  });

  it("refuses a customer's token where an administrator's is due", async () => {
    const forStaff = operations.filter(
      (one) => needsToken(one) && !one.security.some((scheme) => /Portal|Either/.test(scheme)),
    );
    expect(forStaff.length).toBeGreaterThan(50);
    for (const operation of forStaff) {
      // Any valid token of the organisation may acknowledge (spec/erp-integration.md §2.1); what it does not know is a 404.
      if (operation.operationId === 'acknowledgeTracking') continue;
      const answer = await server.request(operation.method, pathOf(operation), {
        token: otherCustomer,
        body: bodyOf(operation),
      });
      expect([operation.operationId, [400, 401, 403].includes(answer.status)]).toEqual([
        operation.operationId,
        true,
      ]);
    }
  });

  it('shows nothing of one customer to another one and changes nothing of theirs', async () => {
    const marked = async () => (await fingerprint()).filter(({ marked }) => marked);
    const before = await marked();
    expect(before.length).toBeGreaterThan(1);
    for (const operation of operations) {
      // These end or change the caller's own account, and with it the rest of this walk.
      if (/deletePortalUser|revokeToken|updatePortalUserEmail/.test(operation.operationId)) continue;
      const answer = await server.request(operation.method, pathOf(operation), {
        token: otherCustomer,
        body: bodyOf(operation),
      });
      expect([operation.operationId, answer.status < 500 || answer.status === 501]).toEqual([
        operation.operationId,
        true,
      ]);
      expect([operation.operationId, JSON.stringify(answer.body).includes(MARKER)]).toEqual([
        operation.operationId,
        false,
      ]);
    }
    expect(await marked()).toEqual(before);
  });

  it('never fails on hostile bodies, and changes nothing', async () => {
    const before = await fingerprint();
    const hostile: unknown[] = [
      null,
      [],
      'text',
      7,
      { a: { b: [] } },
      { entity: [], events: {}, filters: 1, fields: {}, name: null },
    ];
    for (const operation of operations.filter((one) => one.body && one.method !== 'DELETE')) {
      for (const body of hostile) {
        const answer = await server.request(operation.method, pathOf(operation), {
          token: stranger.token,
          body,
        });
        expect([
          operation.operationId,
          body,
          answer.status < 500 || answer.status === 501,
          answer.body,
        ]).toEqual([operation.operationId, body, true, answer.body]);
      }
    }
    expect(await fingerprint()).toEqual(before);
  });
});
