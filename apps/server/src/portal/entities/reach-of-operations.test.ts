import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { portalRoleSlug, roleId } from '../../identity/index.ts';
import { sql } from '../../storage/index.ts';
import type { TestServer } from '../../testing/test-server.ts';
import { type GraphEdge, type GraphEntity, insertGraph } from '../access/testing/insert-graph.ts';
import { naiveReach } from '../access/testing/naive-reach.ts';
import { portalCustomer, relatedTo } from '../service/testing/portal-customer.ts';

const SCHEMAS = [
  ...['contact', 'account', 'contract', 'billing_account', 'billing_event', 'order', 'opportunity'],
  ...['product', 'price', 'meter', 'meter_counter', 'ticket', 'file'],
];
const ATTRIBUTES = [
  ...[
    'customer',
    'contract',
    'contracts',
    'meters',
    'meter',
    'counters',
    'billing_account',
    'items',
    '_files',
  ],
];
/** What the two portals show besides people's own contacts and files. */
const SHOWN = {
  END_CUSTOMER_PORTAL: [
    ...['account', 'contract', 'billing_account', 'billing_event', 'order', 'opportunity'],
    ...['product', 'price', 'meter', 'meter_counter'],
  ],
  INSTALLER_PORTAL: ['opportunity', 'order', 'meter', 'contract'],
} as const;
const EDITABLE = ['contract', 'order', 'opportunity'] as const;
/** Names in paths of the older operations. */
const DETAILS = { contract: 'contract', order: 'order', opportunity: 'opportunities' } as const;

interface Portal {
  readonly org: string;
  readonly portalId: string;
  readonly origin: keyof typeof SHOWN;
}

let server: TestServer;
let admin: string;
/** A portal for customers and one for installers of the same organisation, and one of another organisation. */
let portals: readonly [Portal, Portal, Portal];

beforeAll(async () => {
  const here = await portalCustomer({ allowed_portal_entities: SHOWN.END_CUSTOMER_PORTAL });
  const there = await portalCustomer({ allowed_portal_entities: SHOWN.END_CUSTOMER_PORTAL });
  server = here.server;
  admin = here.admin;
  const origin = 'INSTALLER_PORTAL';
  const config = { origin, name: 'Installateure', enabled: true, allowed_portal_entities: SHOWN[origin] };
  const installers = await server.request('POST', '/v3/portal/config', { token: admin, body: config });
  portals = [
    { ...{ org: here.org, portalId: here.portalId }, origin: 'END_CUSTOMER_PORTAL' },
    { ...{ org: here.org, portalId: String(installers.body['portal_id']) }, origin },
    { ...{ org: there.org, portalId: there.portalId }, origin: 'END_CUSTOMER_PORTAL' },
  ];
  for (const portal of portals) await allowEdits(portal);
});

async function allowEdits({ org, portalId }: Portal): Promise<void> {
  const { organisations } = server.busbar.rooms.identity;
  await server.busbar.storage.database.tenant(org).transaction(async (tx) => {
    const role = await organisations.role(tx, roleId(org, portalRoleSlug(portalId)));
    if (!role) throw new Error('A new portal has a role');
    const added = EDITABLE.flatMap((schema) => [
      { action: 'entity:edit', resource: `${schema}:*` },
      { action: 'entity:attribute:edit', resource: `${schema}:*:*` },
    ]);
    await organisations.putRole(tx, { ...role, grants: [...role.grants, ...added] });
  });
}

/** Someone signed in, and what an independent walk of the rules says that they reach. */
interface Someone {
  readonly portal: Portal;
  readonly token: string;
  readonly shows: (schema: string) => boolean;
  readonly reached: ReadonlySet<string>;
}

async function signIn(
  portal: Portal,
  contactIds: readonly string[],
  entities: readonly GraphEntity[],
  edges: readonly GraphEdge[],
): Promise<Someone> {
  const portalUserId = randomUUID();
  const [contactId = '', ...represents] = contactIds;
  const doc = {
    ...{ portal_id: portal.portalId, origin: portal.origin, access_status: true },
    ...{ registration_status: 'Registered', mapping_status: 'Mapped' },
    email: [{ email: `${portalUserId}@example.org` }],
    mapped_contact: relatedTo(contactId),
    represents: relatedTo(...represents),
  };
  const user: GraphEntity = { id: portalUserId, schema: 'portal_user', doc, isDeleted: false };
  const contacts = entities.filter(({ id }) => contactIds.includes(id));
  const mapping = contacts.map((to): GraphEdge => {
    const attribute = to.id === contactId ? 'mapped_contact' : 'represents';
    return { from: user, attribute, to };
  });
  await insertGraph(server.busbar.storage.database.tenant(portal.org), [user], mapping);
  const { identity } = server.busbar.rooms;
  const { id_token: token } = await identity.issuePortalToken(portal.portalId, portalUserId);
  const shown: ReadonlySet<string> = new Set([...SHOWN[portal.origin], 'contact', 'portal_user', 'file']);
  const shows = (schema: string) => shown.has(schema);
  const fileParents = [...shown];
  const start = { portalUserId, contactIds, contractCutoff: undefined, fileParents };
  const walked = naiveReach(entities, edges, start);
  const reached = new Set(
    entities.filter(({ id, schema }) => walked.has(id) && shows(schema)).map(({ id }) => id),
  );
  return { portal, token, shows, reached };
}

const drawnEntity: fc.Arbitrary<Omit<GraphEntity, 'id'>> = fc.record({
  schema: fc.constantFrom(...SCHEMAS),
  isDeleted: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
  doc: fc.record({ status: fc.constantFrom('active', 'quote'), shared_with_end_customer: fc.boolean() }),
});
const edgesArbitrary = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...ATTRIBUTES), fc.nat()), {
  maxLength: 60,
});

function edgesOf(
  places: readonly (readonly [number, string, number])[],
  entities: readonly GraphEntity[],
): GraphEdge[] {
  return places.flatMap(([from, attribute, to]): GraphEdge[] => {
    const [start, end] = [entities[from % entities.length], entities[to % entities.length]];
    return start && end && start !== end ? [{ from: start, attribute, to: end }] : [];
  });
}

const entity = (schema: string, doc = {}): GraphEntity => ({
  id: randomUUID(),
  schema,
  doc,
  isDeleted: false,
});

/** What every graph has, so that chance alone does not decide whether there is something to hide next to something shown. */
function sharedContract(
  me: GraphEntity,
  stranger: GraphEntity,
): { entities: GraphEntity[]; edges: GraphEdge[] } {
  const [contract, product, theirs] = [entity('contract'), entity('product'), entity('order')];
  const [ticket, secret] = [entity('ticket'), entity('file', { shared_with_end_customer: false })];
  const letter = entity('file', { shared_with_end_customer: true });
  const edge = (from: GraphEntity, attribute: string, to: GraphEntity): GraphEdge => ({
    from,
    attribute,
    to,
  });
  return {
    entities: [contract, product, theirs, ticket, secret, letter],
    edges: [
      ...[edge(contract, 'customer', me), edge(contract, 'customer', stranger)],
      ...[
        edge(contract, 'items', product),
        edge(theirs, 'items', product),
        edge(theirs, 'customer', stranger),
      ],
      ...[
        edge(ticket, 'contract', contract),
        edge(contract, '_files', secret),
        edge(contract, '_files', letter),
      ],
    ],
  };
}

it('no operation shows, counts or changes what the rules do not give', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawnEntity, { minLength: 4, maxLength: 10 }),
      edgesArbitrary,
      edgesArbitrary,
      async (drawn, placesHere, placesThere) => {
        const [me, represented, stranger] = [entity('contact'), entity('contact'), entity('contact')];
        const shared = sharedContract(me, stranger);
        const others = drawn.map((one): GraphEntity => ({ id: randomUUID(), ...one }));
        const entities = [me, represented, stranger, ...shared.entities, ...others];
        const edgesHere = [...shared.edges, ...edgesOf(placesHere, entities)];
        const edgesThere = edgesOf(placesThere, entities);
        const { database } = server.busbar.storage;
        // The other organisation has entities of the very same ids, related in other ways.
        await insertGraph(database.tenant(portals[0].org), entities, edgesHere);
        await insertGraph(database.tenant(portals[2].org), entities, edgesThere);
        const everybody = [
          await signIn(portals[0], [me.id, represented.id], entities, edgesHere),
          await signIn(portals[0], [stranger.id], entities, edgesHere),
          await signIn(portals[1], [represented.id], entities, edgesHere),
          await signIn(portals[2], [me.id], entities, edgesThere),
        ];
        for (const someone of everybody) {
          await expectLists(someone, entities);
          await expectDetails(someone, entities);
        }
        for (const someone of everybody) await expectChanges(someone, entities);
      },
    ),
    { numRuns: 2 },
  );
}, 240_000);

const ask = ({ token }: Someone, method: string, path: string, body?: unknown) =>
  server.request(method, path, { token, body });

const idsOf = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).map((one) => String(one['_id'])).sort();

async function expectLists(someone: Someone, entities: readonly GraphEntity[]): Promise<void> {
  const wanted = (...schemas: string[]) =>
    entities
      .filter(({ id, schema }) => schemas.includes(schema) && someone.reached.has(id))
      .map(({ id }) => id)
      .sort();
  for (const schema of SCHEMAS) {
    const found = await ask(someone, 'POST', '/v2/portal/entity:search', { slug: schema, size: 1000 });
    const expected = someone.shows(schema)
      ? [200, wanted(schema), wanted(schema).length]
      : [403, [], undefined];
    const { results, pagination } = found.body;
    expect([schema, found.status, idsOf(results), pagination?.['total']]).toEqual([schema, ...expected]);
  }
  for (const [path, member, ...schemas] of [
    ['/v2/portal/contract', 'data', 'contract'],
    ['/v2/portal/order', 'data', 'order'],
    ['/v2/portal/opportunity', 'data', 'opportunity'],
    ['/v2/portal/opportunities/searchable-attributes', 'data', 'opportunity'],
    ['/v2/portal/request', 'results', 'order', 'opportunity'],
  ] as const) {
    const { body } = await ask(someone, 'GET', path);
    expect([path, idsOf(body[member])]).toEqual([path, wanted(...schemas)]);
  }
  const filtered = await ask(someone, 'POST', '/v2/portal/opportunities/search', {});
  expect(idsOf(filtered.body['data'])).toEqual(wanted('opportunity'));
  const files = await ask(someone, 'GET', '/v2/portal/user/files?from=0&size=100');
  expect(idsOf(files.body['results'])).toEqual(wanted('file'));
}

async function expectDetails(someone: Someone, entities: readonly GraphEntity[]): Promise<void> {
  for (const { id, schema } of entities) {
    const isReached = someone.reached.has(id);
    const status = isReached ? 200 : someone.shows(schema) ? 404 : 403;
    const found = await ask(someone, 'POST', '/v2/portal/entity:get', { slug: schema, entity_id: id });
    expect([schema, found.status]).toEqual([schema, status]);
    for (const path of ['activity', 'workflows']) {
      const answer = await ask(someone, 'GET', `/v2/portal/entity/${schema}/${id}/${path}`);
      expect([schema, path, answer.status]).toEqual([schema, path, status]);
    }
    const rule = await ask(someone, 'GET', `/v2/portal/${schema}/${id}:validateRule`);
    expect([schema, rule.status]).toEqual([schema, status]);
    if (schema === 'file') {
      const file = await ask(someone, 'GET', `/v2/portal/user/file/${id}`);
      expect(file.status).toBe(isReached ? 200 : 404);
    }
    const place = Object.entries(DETAILS).find(([slug]) => slug === schema)?.[1];
    if (place === undefined) continue;
    const bundle = await ask(someone, 'GET', `/v2/portal/${place}/${id}`);
    expect([schema, bundle.status]).toEqual([schema, status]);
    const around = ['files', 'relations', 'orders', 'meters'].flatMap((name) => idsOf(bundle.body[name]));
    expect(around.filter((one) => !someone.reached.has(one))).toEqual([]);
  }
}

/** Tries to change every entity; what changed is in reach, and of a kind that the role lets be edited. */
async function expectChanges(someone: Someone, entities: readonly GraphEntity[]): Promise<void> {
  const before = await documents();
  const mark = randomUUID();
  for (const { id, schema } of entities) {
    for (const place of Object.values(DETAILS))
      await ask(someone, 'PATCH', `/v2/portal/${place}/${id}`, { external_id: mark });
    await ask(someone, 'POST', `/v2/portal/order/${id}/acceptance`, { decision: 'decline' });
    await ask(someone, 'DELETE', '/v2/portal/entity/file', {
      ...{ entity_id: id, entity_type: schema },
      file_entity_ids: entities.filter((one) => one.schema === 'file').map((one) => one.id),
    });
    await ask(someone, 'POST', '/v2/portal/metering/reading', { meter_id: id, value: 1, source: 'ECP' });
  }
  const after = await documents();
  const changed = [...after].flatMap(([key, text]) => (before.get(key) === text ? [] : [key]));
  const editable: readonly string[] = EDITABLE;
  const allowed = entities
    .filter(({ id, schema }) => someone.reached.has(id) && editable.includes(schema))
    .map(({ id }) => `${someone.portal.org} ${id}`);
  expect(changed.sort()).toEqual(allowed.sort());
  expect(after.size).toBe(before.size);
}

/** Every entity of both organisations, by organisation and id. */
async function documents(): Promise<Map<string, string>> {
  const { database } = server.busbar.storage;
  const rows = await Promise.all(
    [portals[0].org, portals[2].org].map((org) =>
      database
        .tenant(org)
        .query<{ org_id: string; id: string; doc: object; deleted_at: Date | null }>(
          sql`select org_id, id, doc, deleted_at from entity where org_id = ${org}`,
        ),
    ),
  );
  return new Map(
    rows
      .flat()
      .map(({ org_id, id, doc, deleted_at }) => [`${org_id} ${id}`, JSON.stringify([doc, deleted_at])]),
  );
}
