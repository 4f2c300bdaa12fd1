import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { json, sql } from '../../../storage/index.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../testing/portal-customer.ts';

let customer: PortalCustomer;

beforeAll(async () => {
  customer = await portalCustomer();
});

const tenant = () => customer.server.busbar.storage.database.tenant(customer.org);

describe('updateNotificationsStatus', () => {
  const PATH = '/v2/portal/notifications/entity:status';

  async function notify(portalUserId: string): Promise<string> {
    const id = randomUUID();
    await tenant().run(sql`
      insert into portal_notification (org_id, portal_user_id, id, status, body, created_at, updated_at)
      values (${customer.org}, ${portalUserId}, ${id}, 'unread', ${json({ title: 'Neu' })}::jsonb, now(), now())`);
    return id;
  }

  const statusOf = async (id: string) =>
    (
      await tenant().first<{ status: string }>(
        sql`select status from portal_notification where org_id = ${customer.org} and id = ${id}`,
      )
    )?.status;

  it('marks the own ones', async () => {
    const [first, second] = [await notify(customer.portalUserId), await notify(customer.portalUserId)];
    const notifications = [
      { id: first, status: 'read' },
      { id: second, status: 'read' },
      { id: second, status: 'important' },
    ];
    expect(await customer.ask('PUT', PATH, { notifications })).toMatchObject({
      status: 200,
      body: { message: 'Notifications status updated successfully.' },
    });
    expect([await statusOf(first), await statusOf(second)]).toEqual(['read', 'important']);
  });

  it('changes nothing when one is unknown or of somebody else', async () => {
    const own = await notify(customer.portalUserId);
    const foreign = await notify((await customer.another()).portalUserId);
    for (const other of [foreign, 'string']) {
      const notifications = [own, other].map((id) => ({ id, status: 'read' }));
      expect((await customer.ask('PUT', PATH, { notifications })).status).toBe(404);
    }
    expect([await statusOf(own), await statusOf(foreign)]).toEqual(['unread', 'unread']);
  });

  it('takes 1 to 100, of portal users only', async () => {
    const many = Array.from({ length: 101 }, () => ({ id: 'x', status: 'read' }));
    for (const notifications of [[], many, [{ id: 'x', status: 'done' }]]) {
      expect((await customer.ask('PUT', PATH, { notifications })).status).toBe(400);
    }
    const body = { notifications: [{ id: 'x', status: 'read' }] };
    expect((await customer.server.request('PUT', PATH, { body })).status).toBe(401);
    expect((await customer.server.request('PUT', PATH, { body, token: customer.admin })).status).toBe(401);
  });
});

describe('updateCampaignPortalBlockStatus', () => {
  let campaign: string;

  beforeAll(async () => {
    const attributes = [{ name: 'name', label: 'Name', type: 'string' }];
    const schema = { slug: 'campaign', name: 'Campaign', plural: 'Campaigns', attributes, capabilities: [] };
    const saved = await customer.server.request('PUT', '/v1/entity/schemas/campaign', {
      token: customer.admin,
      body: schema,
    });
    expect(saved.status).toBe(200);
    campaign = await customer.create('campaign', { name: 'Ökostrom' });
  });

  const move = async (status: string, ...references: readonly [id: string, schema: string][]) => {
    const entity_refs = references.map(([entity_id, entity_schema]) => ({ entity_id, entity_schema }));
    return customer.ask('PUT', `/v2/portal/campaign/${campaign}/entity:status`, { status, entity_refs });
  };
  const counts = (updated: number, failed: number) => ({
    status: 200,
    body: { success: failed === 0, updated, failed, total: updated + failed },
  });

  it('moves recipients on until they have dismissed or clicked', async () => {
    const contract = await customer.create('contract', { customer: relatedTo(customer.contactId) });
    const own = ['contract', 'contact'] as const;
    const references: [string, string][] = [
      [contract, own[0]],
      [customer.contactId, own[1]],
    ];
    expect(await move('seen', ...references)).toMatchObject(counts(2, 0));
    expect(await move('seen', ...references)).toMatchObject(counts(2, 0));
    expect(await move('clicked', [contract, 'contract'])).toMatchObject(counts(1, 0));
    expect(await move('clicked', [contract, 'contract'])).toMatchObject(counts(1, 0));
    expect(await move('dismissed', ...references)).toMatchObject(counts(1, 1));
    expect(await move('seen', ...references)).toMatchObject(counts(0, 2));
  });

  it('fails for entities out of reach or of another schema', async () => {
    const foreign = await customer.create('contract', {});
    expect(await move('seen', [foreign, 'contract'])).toMatchObject(counts(0, 1));
    expect(await move('seen', [customer.contactId, 'contract'])).toMatchObject(counts(0, 1));
  });

  it('does not know other campaigns', async () => {
    const body = { status: 'seen', entity_refs: [] };
    for (const id of [randomUUID(), customer.contactId, 'x']) {
      expect((await customer.ask('PUT', `/v2/portal/campaign/${id}/entity:status`, body)).status).toBe(404);
    }
    const path = `/v2/portal/campaign/${campaign}/entity:status`;
    expect((await customer.server.request('PUT', path, { body })).status).toBe(401);
    expect((await customer.server.request('PUT', path, { body, token: customer.admin })).status).toBe(401);
  });
});
