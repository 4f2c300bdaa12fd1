import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bringCoreSchemas, createActivity, EntityGraph, type WriteOptions } from '../entities/index.ts';
import { sql } from '../storage/index.ts';
import { type EventServer, eventServer } from '../testing/event-server.ts';
import { CATALOG, entityEventListener } from './index.ts';

let server: EventServer;
let graph: EntityGraph;
beforeAll(async () => {
  server = await eventServer();
  graph = new EntityGraph({ clock: server.clock, listeners: [entityEventListener(server.clock)] });
  await server.tenant.transaction((tx) => bringCoreSchemas(tx, server.clock.now()));
});
afterAll(() => server.close());

const PERSON: WriteOptions = {
  source: { kind: 'portal', actor: { type: 'portal_user', id: 'user-1' } },
  direct: true,
};
const ERP: WriteOptions = { source: { kind: 'erp', actor: { type: 'system' } }, direct: true };

const create = async (schema: string, attributes: Record<string, unknown>, options = ERP) =>
  (await server.tenant.transaction((tx) => graph.create(tx, { schema, attributes }, options))).entity;
const patch = (id: string, attributes: Record<string, unknown>, options = PERSON) =>
  server.tenant.transaction((tx) => graph.patch(tx, { id, attributes }, options));
const link = (...ids: string[]) => ({ $relation: ids.map((entity_id) => ({ entity_id })) });

async function raised(): Promise<Record<string, unknown>[]> {
  const rows = await server.tenant.query<{ body: Record<string, unknown> }>(sql`
    delete from catalog_event where org_id = ${server.org} returning body`);
  return rows.map(({ body }) => body);
}

async function customer() {
  const contact = await create('contact', { first_name: 'Gesine', last_name: 'Harms' });
  const account = await create('billing_account', { billing_account_number: '47' });
  const contract = await create('contract', {
    contract_name: 'Strom',
    customer: link(contact.id),
    billing_account: link(account.id),
  });
  await raised();
  return { contact, account, contract };
}

describe('entity writes', () => {
  it('raise the events of the attributes they change, with the entities around', async () => {
    const { contact, account, contract } = await customer();
    await patch(account.id, { payment_method: [{ type: 'payment_invoice' }] });
    const events = await raised();
    expect(events).toMatchObject([
      {
        _org_id: server.org,
        _event_name: 'PaymentMethodUpdated',
        _event_version: '1.0',
        _event_time: server.clock.now().toISOString(),
        _trigger_source_type: 'portal_user',
        _trigger_source: 'user-1',
        billing_account: { _id: account.id, payment_method: [{ type: 'payment_invoice' }] },
        contracts: [{ _id: contract.id }],
        customer: { _id: contact.id, _schema: 'contact' },
      },
    ]);
    expect(events[0]?.['_event_id']).toMatch(/^[0-9A-Z]{26}$/);
    expect(events[0]?.['_ack_id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('raise nothing for other attributes, for writes of the ERP, and for disabled events', async () => {
    const { contact, account } = await customer();
    await patch(contact.id, { last_name: 'Harms-Meyer' });
    await patch(account.id, { payment_method: [{ type: 'payment_sepa' }] }, ERP);
    await server.ask('PATCH', '/v1/events/BillingAddressUpdated', { enabled: false });
    await patch(account.id, { billing_address: { city: 'Musterstadt' } });
    expect(await raised()).toEqual([]);
    await server.ask('PATCH', '/v1/events/BillingAddressUpdated', { enabled: true });
    await patch(account.id, { billing_address: { city: 'Neustadt' } });
    expect((await raised()).map((event) => event['_event_name'])).toEqual(['BillingAddressUpdated']);
  });

  it('tell when a contract loses its billing account, not when it gets one', async () => {
    const { contract } = await customer();
    const other = await create('billing_account', { billing_account_number: '48' });
    await raised();
    await patch(contract.id, { billing_account: null });
    expect((await raised()).map((event) => event['_event_name'])).toEqual([
      'BillingAccountConnectionRemoved',
    ]);
    await patch(contract.id, { billing_account: link(other.id) });
    expect(await raised()).toEqual([]);
  });
});

describe('activities of portal users', () => {
  const token = {
    email: 'gesine@post.example',
    'custom:portal_user_id': 'user-1',
    'custom:origin': 'END_CUSTOMER_PORTAL',
  };
  const source = { ...PERSON.source, caller: { PortalAuth: { token } } };

  it('become one event each, with the entity as the joined writes left it', async () => {
    const { contract } = await customer();
    await server.tenant.transaction(async (tx) => {
      const payload = { entity: { id: contract.id, schema: 'contract' }, decision: 'accept' };
      const activity = await createActivity(
        tx,
        { type: 'EntityUpdatedFromPortal', title: 'Changed', message: '', payload },
        [contract.id],
        source,
        server.clock.now(),
      );
      const options = { ...PERSON, source, activityId: activity.id };
      await graph.patch(tx, { id: contract.id, attributes: { billing_due_day: 7 } }, options);
    });
    await server.workers.drain();
    await server.workers.drain();
    expect(await raised()).toMatchObject([
      {
        _event_name: 'EntityUpdatedFromPortal',
        _event_source: 'activity',
        _trigger_source: 'user-1',
        entity: { _id: contract.id, billing_due_day: 7 },
        changed_attributes: { added: { billing_due_day: 7 } },
        activity: {
          type: 'EntityUpdatedFromPortal',
          payload: {
            decision: 'accept',
            orgId: server.org,
            entity: { _id: contract.id, _schema: 'contract', _org: server.org },
            caller: {
              portal_user_id: 'user-1',
              contact_entity_id: null,
              email: 'gesine@post.example',
              portal_origin: 'END_CUSTOMER_PORTAL',
            },
          },
        },
      },
    ]);
  });

  it('tell nobody of what the ERP, staff and the server itself do', async () => {
    const { contract } = await customer();
    await patch(contract.id, { contract_name: 'Gas' }, { ...PERSON, source: ERP.source });
    await server.workers.drain();
    expect(await raised()).toEqual([]);
  });
});

describe('the event catalog', () => {
  it('lists every event with its state', async () => {
    const { body } = await server.ask('GET', '/v1/events');
    const results = body['results'];
    const names = Array.isArray(results) ? results.map((event) => String(event['event_name'])) : [];
    expect(names).toEqual(CATALOG.map(({ name }) => name));
    expect(names).toHaveLength(29);
    expect(await server.ask('PATCH', '/v1/events/Unknown', { enabled: true })).toMatchObject({ status: 404 });
  });

  it('has an example of each that shows the members of its payload', async () => {
    for (const { name, fields, graph: around } of CATALOG) {
      const { status, body } = await server.ask('GET', `/v1/events/${name}/example`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ _event_name: name, _org_id: server.org });
      const required = Object.entries(fields).filter(([, field]) => field.required);
      expect(Object.keys(body)).toEqual(expect.arrayContaining(required.map(([field]) => field)));
      if (around) expect(Object.keys(body)).toContain(around.seed);
    }
  });

  it('raises an event by hand around a seed, and refuses what does not fit', async () => {
    const { contract, contact } = await customer();
    const trigger = (body: object, name = 'TerminateContractRequested') =>
      server.ask('POST', `/v1/events/${name}:trigger`, body);
    const seed = { entity_id: contract.id, node_id: 'contract' };
    const answer = await trigger({ seed, fields: { termination_date: '2026-06-30' } });
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect(await raised()).toMatchObject([
      {
        _event_id: answer.body['event_id'],
        termination_date: '2026-06-30',
        contract: { _id: contract.id },
        customer: { _id: contact.id },
      },
    ]);
    expect(await trigger({})).toMatchObject({ status: 400, body: { errors: [{ path: 'body.seed' }] } });
    expect(await trigger({ seed, fields: { termination_date: 'soon' } })).toMatchObject({ status: 400 });
    expect(await trigger({ seed, fields: { other: 1 } })).toMatchObject({ status: 400 });
    expect(await trigger({ seed: { ...seed, entity_id: contact.id } })).toMatchObject({ status: 400 });
    await server.ask('PATCH', '/v1/events/TerminateContractRequested', { enabled: false });
    expect(await trigger({ seed })).toMatchObject({ status: 403 });
    expect(await raised()).toEqual([]);
  });
});

describe('environment variables', () => {
  it('can be written, and read unless they are secret', async () => {
    const secret = { key: 'erp.password', type: 'SecretString', value: 'hidden-value' };
    expect(await server.ask('POST', '/v1/environments', secret)).toMatchObject({
      status: 201,
      body: { key: 'erp.password' },
    });
    expect(await server.ask('POST', '/v1/environments', secret)).toMatchObject({ status: 409 });
    expect(await server.ask('PUT', '/v1/environments/erp.url', { value: 'http://erp' })).toMatchObject({
      status: 201,
      body: { type: 'String' },
    });
    expect(await server.ask('PUT', '/v1/environments/erp.url', { description: 'ERP' })).toMatchObject({
      status: 200,
      body: { value: 'http://erp' },
    });
    expect(await server.ask('PUT', '/v1/environments/erp.url', { type: 'Number', value: 1 })).toMatchObject({
      status: 409,
    });
    expect(await server.ask('PUT', '/v1/environments/erp.url', { value: 5 })).toMatchObject({ status: 400 });
    const list = await server.ask('GET', '/v1/environments');
    expect(list.body).toMatchObject({
      items: [{ key: 'erp.password' }, { key: 'erp.url', value: 'http://erp' }],
    });
    const rows = await server.tenant.query(
      sql`select to_jsonb(v) as v from environment_variable v where org_id = ${server.org}`,
    );
    expect(JSON.stringify([list, rows])).not.toContain('hidden-value');
    expect((await server.ask('DELETE', '/v1/environments/erp.url')).status).toBe(204);
    expect((await server.ask('DELETE', '/v1/environments/erp.url')).status).toBe(404);
  });
});
