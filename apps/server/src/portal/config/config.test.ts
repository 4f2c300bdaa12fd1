import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../../testing/test-server.ts';

let server: TestServer;
let token: string;
let org: string;

beforeAll(async () => {
  server = await testServer();
  ({ org, token } = await server.organisation());
});

const upsert = (origin: string, body: object, as = token) =>
  server.request('POST', `/v2/portal/portal?origin=${origin}`, { token: as, body });

describe('a portal by origin and by id', () => {
  it('is created once, then changed by what is sent', async () => {
    const created = await upsert('END_CUSTOMER_PORTAL', { name: 'Mein Portal', enabled: true });
    expect(created.body).toMatchObject({ name: 'Mein Portal', enabled: true, organization_id: org, id: org });
    expect(created.status).toBe(201);
    expect(created.body['domain']).toBe(`mein-portal-${org}.portal.localhost`);
    const changed = await upsert('END_CUSTOMER_PORTAL', { meter_reading_grace_period: 30 });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      name: 'Mein Portal',
      enabled: true,
      meter_reading_grace_period: 30,
    });
    const id = String(changed.body['portal_id']);
    const byId = await server.request('GET', `/v3/portal/config/${id}`, { token });
    expect(byId.body).toMatchObject({ portal_id: id, name: 'Mein Portal', meter_reading_grace_period: 30 });
    const byOrigin = await server.request('GET', '/v2/portal/config?origin=END_CUSTOMER_PORTAL', { token });
    expect(byOrigin.body['portal_id']).toBe(id);
    const publicly = await server.request('GET', `/v2/portal/public/config?domain=${changed.body['domain']}`);
    expect(publicly.body).toMatchObject({ portal_id: id, name: 'Mein Portal' });
  });

  it('gets a server-side id, and an origin has one portal unless it is an additional one', async () => {
    const sent = { origin: 'B2B_PORTAL', name: 'Partner', portal_id: randomUUID() };
    const first = await server.request('POST', '/v3/portal/config', { token, body: sent });
    expect(first.body['portal_id']).not.toBe(sent.portal_id);
    expect(first.status).toBe(201);
    const second = await server.request('POST', '/v3/portal/config', { token, body: sent });
    expect([second.status, second.body['code']]).toEqual([409, 'ORIGIN_TAKEN']);
    for (const _ of [1, 2]) {
      const body = { origin: 'ADDITIONAL_PORTAL', name: 'More' };
      expect((await server.request('POST', '/v3/portal/config', { token, body })).status).toBe(201);
    }
  });
});
