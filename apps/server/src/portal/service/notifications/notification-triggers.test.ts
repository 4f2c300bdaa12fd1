import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../storage/index.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../testing/portal-customer.ts';

let customer: PortalCustomer;

beforeAll(async () => {
  customer = await portalCustomer({
    engagement_center_enabled: true,
    notification_triggers: [
      { trigger_type: 'entity_created', entity_schema: 'order' },
      { trigger_type: 'entity_assigned', entity_schema: 'opportunity' },
      { trigger_type: 'entity_created', entity_schema: 'contract', enabled: false },
    ],
  });
});

const list = (query = '', token = customer.token) =>
  customer.server.request('GET', `/v2/portal/notifications${query}`, { token });
const messages = async (token?: string) => {
  const { results } = (await list('', token)).body;
  return Array.isArray(results) ? results.map((one) => one['message']?.['de']) : results;
};

describe('notifications of what staff and systems do', () => {
  it('reach those who may see it, newest first, and nobody else', async () => {
    const { create, contactId, server } = customer;
    const other = await customer.another();
    await create('order', { customer: relatedTo(contactId), order_number: 'A-1', _title: 'A-1' });
    await create('order', { customer: relatedTo(other.contactId), order_number: 'B-1' });
    await create('contract', { customer: relatedTo(contactId), contract_name: 'Strom' });
    await server.work();
    expect(await messages()).toHaveLength(1);
    expect(await messages(other.token)).toHaveLength(1);
    const [first] = [(await list()).body['results']?.[0]];
    expect(first).toMatchObject({
      type: 'entity_created',
      title: { de: 'Neu in Ihrem Portal' },
      read: false,
    });
    expect(String(first?.['redirect_url'])).toMatch(/^https?:\/\/.*\/requests\/orders\//);

    const opportunity = await create('opportunity', { opportunity_title: 'Wallbox' });
    await server.work();
    expect(await messages()).toHaveLength(1);
    const assigned = await server.request('PATCH', `/v1/entity/opportunity/${opportunity}`, {
      token: customer.admin,
      body: { customer: relatedTo(contactId, other.contactId) },
    });
    expect(assigned.status).toBe(200);
    await server.work();
    expect(await messages()).toHaveLength(2);
    expect(await messages(other.token)).toHaveLength(2);
    await server.request('PATCH', `/v1/entity/opportunity/${opportunity}`, {
      token: customer.admin,
      body: { customer: relatedTo(contactId, other.contactId), opportunity_title: 'Wallbox 11 kW' },
    });
    await server.work();
    expect(await messages()).toHaveLength(2);
  });

  it('are counted, read one by one or all at once, and paged', async () => {
    const count = async () =>
      (await customer.ask('GET', '/v2/portal/notifications/unread-count')).body['count'];
    expect(await count()).toBe(2);
    const page = await list('?limit=1');
    expect(page.body['total_unread']).toBe(2);
    const next = await list(`?limit=1&cursor=${encodeURIComponent(String(page.body['cursor']))}`);
    expect(next.body['results']?.[0]?.['id']).not.toBe(page.body['results']?.[0]?.['id']);
    expect(next.body['cursor']).toBeUndefined();
    const id = page.body['results']?.[0]?.['notification_id'];
    const stranger = await customer.another();
    const read = (token: string) =>
      customer.server.request('PUT', `/v2/portal/notifications/${id}/read`, { token });
    expect((await read(stranger.token)).status).toBe(404);
    expect(await count()).toBe(2);
    expect((await read(customer.token)).status).toBe(204);
    expect(await count()).toBe(1);
    expect((await customer.ask('PUT', '/v2/portal/notifications/read-all')).status).toBe(204);
    expect(await count()).toBe(0);
    for (const query of ['?limit=0', '?limit=101', '?cursor=x']) expect((await list(query)).status).toBe(400);
    expect((await list('', customer.admin)).status).toBe(401);
  });
});

describe('what a portal user opens', () => {
  it('is an event for webhooks, once a minute', async () => {
    const { server, org, contactId, create, ask } = customer;
    const contract = await create('contract', { customer: relatedTo(contactId) });
    const report = (query: string) =>
      ask('POST', `/v2/portal/entity/contract/access?origin=END_CUSTOMER_PORTAL${query}`);
    const [first, again] = [await report(`&entity_id=${contract}`), await report(`&entity_id=${contract}`)];
    expect(first.body['eventId']).toEqual(again.body['eventId']);
    const listed = await report('');
    const events = await server.busbar.storage.database
      .tenant(org)
      .query<{ id: string; body: Record<string, unknown> }>(
        sql`select id, body from catalog_event where org_id = ${org} and name = 'PortalEntityAccessed' order by id`,
      );
    expect(events.map(({ id }) => id).sort()).toEqual([first.body['eventId'], listed.body['eventId']].sort());
    expect(events.find(({ id }) => id === String(first.body['eventId']))?.body).toMatchObject({
      analytics_name: 'contract_viewed',
      entity: { _id: contract },
      caller: { contact_entity_id: contactId, portal_id: customer.portalId },
    });
  });
});
