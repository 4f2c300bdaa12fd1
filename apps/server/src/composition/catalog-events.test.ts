import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CATALOG, type CatalogEvent } from '../events/index.ts';
import { erpFixtureIn, event, useCase } from '../integration/testing/erp-fixture.ts';
import { customerWithGrants, relatedTo } from '../portal/entities/testing/customer-with-grants.ts';
import type { PortalCustomer } from '../portal/service/testing/portal-customer.ts';
import { storeUpload } from '../portal/service/testing/store-upload.ts';
import { type PortalFixture, portalFixture } from '../portal/users/testing/portal-fixture.ts';
import { sql } from '../storage/index.ts';
import type { TestJson } from '../testing/test-server.ts';

type Body = Readonly<Record<string, unknown>>;

const ajv = new Ajv({ strict: false, validateFormats: false });
/** Members that every event has (docs/events.md). */
const ENVELOPE = [
  '_org_id',
  '_event_time',
  '_event_id',
  '_event_name',
  '_event_version',
  '_event_source',
  '_ack_id',
];

/** The newest event of a name in an organisation; what is due is done first. */
async function raised(
  customer: Pick<PortalCustomer, 'server' | 'org'>,
  name: string,
): Promise<Body | undefined> {
  await customer.server.work();
  const row = await customer.server.busbar.storage.database.tenant(customer.org).first<{ body: Body }>(sql`
    select body from catalog_event where org_id = ${customer.org} and name = ${name} order by id desc limit 1`);
  return row?.body;
}

/** What is wrong with an event by what the catalog publishes of it: members, their schemas, the entities of its graph. */
function problems({ fields, graph }: CatalogEvent, body: Body): string[] {
  const missing = ENVELOPE.filter((name) => typeof body[name] !== 'string' || body[name] === '');
  const invalid = Object.entries(fields).flatMap(([name, { schema, required }]) => {
    if (body[name] === undefined) return required ? [`${name} is missing`] : [];
    return ajv.validate({ ...schema }, body[name]) ? [] : [`${name}: ${ajv.errorsText()}`];
  });
  const nodes = (graph?.nodes ?? []).flatMap(({ id, schemas, cardinality }) => {
    const value = body[id];
    if (value === undefined || value === null) return id === graph?.seed ? [`${id} is missing`] : [];
    const entities: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isRight = Array.isArray(value) === (cardinality === 'many');
    const strange = entities.filter(
      (entity) => !schemas.some((schema) => schema === memberOf(entity, '_schema')),
    );
    return isRight && strange.length === 0 ? [] : [`${id} is no ${cardinality} of ${schemas.join(', ')}`];
  });
  const known = new Set([...ENVELOPE, ...Object.keys(fields), ...(graph?.nodes ?? []).map(({ id }) => id)]);
  const strangers = Object.keys(body).filter((name) => !known.has(name) && !name.startsWith('_'));
  return [
    ...missing.map((name) => `${name} is missing`),
    ...invalid,
    ...nodes,
    ...strangers.map((name) => `${name} is not published`),
  ];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

type Raiser = Pick<PortalCustomer, 'server' | 'org'>;

let customer: PortalCustomer;
let contract: string;
let account: string;
let meter: string;
let counter: string;
let start: Date;

beforeAll(async () => {
  customer = await customerWithGrants(
    {
      approval_state_attributes: { contract: ['contract_name'] },
      contract_identifiers: [{ name: 'contract_number', schema: 'contract' }],
    },
    [
      ['entity:edit', 'contract:*'],
      ['entity:attribute:*', 'contract:*'],
    ],
  );
  start = customer.server.clock.now();
  const { create, contactId } = customer;
  account = await create('billing_account', {
    ...{ billing_account_number: 'B-1', billing_contact: relatedTo(contactId) },
  });
  contract = await create('contract', {
    ...{ contract_number: 'V-1', contract_name: 'Strom', customer: relatedTo(contactId) },
    billing_account: relatedTo(account),
  });
  meter = await create('meter', { meter_number: 'M-1', contract: relatedTo(contract) });
  counter = await create('meter_counter', { meter: relatedTo(meter), direction: 'feed-out', unit: 'kWh' });
});
afterAll(() => customer.server.clock.set(start));

async function staff(method: string, path: string, body?: unknown): Promise<TestJson> {
  const { server, admin: token } = customer;
  const answer = await server.request(method, path, { token, ...(body === undefined ? {} : { body }) });
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

async function asCustomer(method: string, path: string, body?: unknown): Promise<TestJson> {
  const answer = await customer.ask(method, path, body);
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

const FILES = '/v2/portal/entity/file';
async function upload(): Promise<string> {
  const s3ref = await storeUpload(customer, 'a.pdf', Buffer.from('%PDF-1.7\n%%EOF'));
  const files = [{ filename: 'a.pdf', s3ref }];
  const saved = await asCustomer('POST', FILES, { entity_id: contract, entity_type: 'contract', files });
  return String(saved['createdFiles']?.[0]?.['_id']);
}

const read = (value: number) =>
  asCustomer('POST', '/v2/portal/metering/reading', { meter_id: meter, value, source: 'ECP' });

/** Proposes a value that waits for approval, and has staff decide. */
async function decide(contract_name: string, decision: 'apply' | 'dismiss'): Promise<void> {
  await asCustomer('PATCH', `/v2/portal/contract/${contract}`, { contract_name });
  await staff('POST', `/v1/entity/contract/${contract}/changesets/contract_name:${decision}`, {});
}

/** Has the ERP sync an entity, and somebody open it when that is old. */
async function openStale(slug: string, path: string, key: string): Promise<void> {
  const { server, org, admin: token } = customer;
  const erp = await erpFixtureIn({ server, org, token }, [
    useCase(slug, slug, [{ attribute: key, field: 'nr' }], { unique_ids: [key] }),
  ]);
  const settings = { autoRefresh: { enabled: true, freshnessThresholdMinutes: 1 } };
  expect((await erp.request('PUT', `/v1/integrations/${erp.integrationId}`, { settings })).status).toBe(200);
  await erp.sync([event(slug, { nr: slug === 'contract' ? 'V-1' : 'K-1' })]);
  // Settings are believed for ten seconds.
  server.clock.advance(10 * 60_000);
  await asCustomer('GET', path);
  await server.busbar.rooms.autoRefresh.idle();
}

/** Somebody with a password, and how they change it. */
async function withPassword(
  change: (portal: PortalFixture, email: string, token: string) => Promise<number>,
): Promise<Raiser> {
  const portal = await portalFixture();
  const email = 'kim@post.example';
  const token = await portal.member(email);
  expect(await change(portal, email, token)).toBe(200);
  return portal;
}

/** What raises each event that the server raises itself; answers where, if not at the customer's utility. */
const ACTS: Readonly<Record<string, () => Promise<unknown>>> = {
  CustomerDetailsUpdated: () =>
    staff('PATCH', `/v1/entity/contact/${customer.contactId}`, { salutation: 'Frau' }),
  InstallmentUpdated: () => staff('PATCH', `/v1/entity/contract/${contract}`, { installment_amount: 9_900 }),
  PaymentMethodUpdated: () =>
    staff('PATCH', `/v1/entity/billing_account/${account}`, { payment_method: [{ type: 'payment_sepa' }] }),
  BillingAddressUpdated: () =>
    staff('PATCH', `/v1/entity/billing_account/${account}`, { billing_address: [{ street: 'Hafenallee' }] }),
  BillingAccountConnectionRemoved: async () => {
    const other = await customer.create('contract', { billing_account: relatedTo(account) });
    await staff('PATCH', `/v1/entity/contract/${other}`, { billing_account: { $relation: [] } });
  },
  FileCreated: upload,
  DocUploadedFromPortal: upload,
  DocDownloadedFromPortal: async () =>
    asCustomer('POST', `/v2/portal/user/file/${await upload()}/downloaded`, {}),
  DocRemovedFromPortal: async () => {
    const file_entity_ids = [await upload()];
    await asCustomer('DELETE', FILES, { entity_id: contract, entity_type: 'contract', file_entity_ids });
  },
  MeterReadingAdded: () => read(10),
  CreateMeterReading: () => read(20),
  ServiceMeterReadingAdded: () => {
    const timestamp = '2024-01-01T10:00:00Z';
    const reading = { meter_id: meter, counter_id: counter, timestamp, value: 1, source: '360' };
    return staff('POST', '/v2/metering/readings', { readings: [reading] });
  },
  EntityUpdatedFromPortal: () =>
    asCustomer('PATCH', `/v2/portal/contract/${contract}`, { contract_name: 'Ökostrom' }),
  ChangesetApplied: () => decide('Rabatt', 'apply'),
  ChangesetDismissed: () => decide('Geschenk', 'dismiss'),
  SelfAssignmentFromPortal: async () => {
    await customer.create('contract', { contract_number: 'V-2', status: 'active' });
    await asCustomer('POST', '/v2/portal/contract/by-identifiers', { contract: { contract_number: 'V-2' } });
  },
  PortalEntityAccessed: () =>
    asCustomer('POST', `/v2/portal/entity/contract/access?origin=END_CUSTOMER_PORTAL&entity_id=${contract}`),
  OrderSubmission: () =>
    staff('POST', '/v1/order', { status: 'placed', billing_contact: relatedTo(customer.contactId) }),
  OnDemandSyncContractRequested: () =>
    openStale('contract', `/v2/portal/contract/${contract}`, 'contract_number'),
  OnDemandSyncCustomerRequested: async () => {
    await staff('PATCH', `/v1/entity/contact/${customer.contactId}`, { customer_number: 'K-1' });
    await openStale('contact', '/v2/portal/contact', 'customer_number');
  },
  PortalUserResetPassword: () =>
    withPassword(async (portal, _email, token) => {
      const form = { old_password: portal.password, new_password: 'Noch-laenger-43!' };
      return (await portal.signIn('/password/change', form, token)).status;
    }),
  PortalUserResetForgotPassword: () =>
    withPassword(async (portal, email) => {
      const forgot = await portal.signIn('/password/forgot', { email });
      const code = /\b\d{6}\b/.exec((await portal.mailTo(email)).text)?.[0] ?? '';
      const challenge_id = String(forgot.body['challenge_id']);
      const form = { challenge_id, code, password: 'Noch-laenger-43!' };
      return (await portal.signIn('/password/reset', form)).status;
    }),
};

/** Raises an event that the server does not raise itself, as an app would: with its example. */
async function call({ name, graph, example }: CatalogEvent): Promise<void> {
  const seeds: Readonly<Record<string, string>> = {
    contract,
    ticket: graph?.seed === 'ticket' ? await customer.create('ticket', { ticket_number: 'T-1' }) : '',
  };
  const nodes = new Set(graph?.nodes.map(({ id }) => id));
  const fields = Object.fromEntries(Object.entries(example).filter(([member]) => !nodes.has(member)));
  const seed = { node_id: graph?.seed, entity_id: seeds[graph?.seed ?? ''] };
  await staff('POST', `/v1/events/${name}:trigger`, { seed, fields });
}

for (const known of CATALOG) {
  it(`${known.name}: ${known.description}`, async () => {
    const act = ACTS[known.name];
    // What nothing raises must say so, in the catalog and in docs/events.md.
    expect(act === undefined).toBe(known.calledFor === true);
    const answer = await (act ? act() : call(known));
    const where = isRaiser(answer) ? answer : customer;
    const body = await raised(where, known.name);
    expect(body, 'was not raised').toBeDefined();
    expect(problems(known, body ?? {})).toEqual([]);
  });
}

function isRaiser(value: unknown): value is Raiser {
  return typeof value === 'object' && value !== null && 'server' in value && 'org' in value;
}
