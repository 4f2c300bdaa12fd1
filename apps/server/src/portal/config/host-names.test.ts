import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PortalFixture, portalFixture } from './testing/portal-fixture.ts';

let fixture: PortalFixture;
beforeAll(async () => {
  fixture = await portalFixture();
});

const put = (portalId: unknown, body: object) => fixture.ask('PUT', `/v3/portal/config/${portalId}`, body);

describe('host names', () => {
  it('belong to one portal of the whole installation', async () => {
    const domain = `${randomUUID()}.example.org`;
    const portal = await fixture.portal({ domain });
    const elsewhere = await portalFixture();
    const body = { origin: 'ADDITIONAL_PORTAL', domain: `https://${domain.toUpperCase()}/` };
    const created = await elsewhere.ask('POST', '/v3/portal/config', body);
    expect([created.status, created.body['code']]).toEqual([409, 'DOMAIN_TAKEN']);
    const upserted = await elsewhere.ask('POST', '/v2/portal/portal?origin=X', { epilot_domain: domain });
    expect([upserted.status, upserted.body['code']]).toEqual([400, 'DOMAIN_TAKEN']);
    await put(portal['portal_id'], { domain: '' });
    expect((await elsewhere.ask('POST', '/v3/portal/config', body)).status).toBe(201);
  });

  it('are the names of the deployment itself for nobody', async () => {
    for (const domain of ['busbar.test', 'edge.portal.localhost', 'portal.localhost']) {
      const answer = await fixture.ask('POST', '/v3/portal/config', { domain });
      expect([domain, answer.status]).toEqual([domain, 409]);
    }
  });

  it('lead to the portal only while they are switched on', async () => {
    const domain = `${randomUUID()}.example.org`;
    const portal = await fixture.portal({ domain });
    const lookUp = async (host: unknown) =>
      (await fixture.askPublicly(`/v2/portal/public/config?domain=${host}`)).status;
    expect([await lookUp(domain), await lookUp(portal['epilot_domain'])]).toEqual([200, 200]);
    await put(portal['portal_id'], {
      domain_settings: { is_custom_domain_enabled: false, is_epilot_domain_enabled: true },
    });
    expect([await lookUp(domain), await lookUp(portal['epilot_domain'])]).toEqual([404, 200]);
    await put(portal['portal_id'], {
      domain_settings: { is_custom_domain_enabled: true, is_epilot_domain_enabled: false },
    });
    expect([await lookUp(domain), await lookUp(portal['epilot_domain'])]).toEqual([200, 404]);
  });

  it('find the portal for its administrators even while they are switched off', async () => {
    const domain = `${randomUUID()}.example.org`;
    const portal = await fixture.portal({ domain, domain_settings: { is_epilot_domain_enabled: true } });
    const staff = (org: string) => ({
      principal: { kind: 'api_client', org, tokenId: 't', name: 't', roles: [], readOnly: false } as const,
    });
    expect(await fixture.portals.findByDomain(domain)).toBeUndefined();
    const found = await fixture.portals.of(staff(fixture.org), { domain });
    expect(found.portalId).toBe(portal['portal_id']);
    await expect(fixture.portals.of(staff('1'), { domain })).rejects.toMatchObject({ status: 404 });
    await expect(fixture.portals.of(staff(fixture.org))).rejects.toMatchObject({ status: 400 });
  });

  it('find the portal of public requests, together with ids only where both agree', async () => {
    const portal = await fixture.portal();
    const [id, domain] = [portal['portal_id'], portal['domain']];
    const other = await fixture.portal();
    const widgets = async (query: string) =>
      (await fixture.askPublicly(`/v3/portal/public/widgets?${query}`)).status;
    expect(await widgets(`domain=${domain}`)).toBe(200);
    expect(await widgets(`portal_id=${id}`)).toBe(200);
    expect(await widgets(`org_id=${fixture.org}&portal_id=${id}&domain=${domain}`)).toBe(200);
    expect(await widgets('')).toBe(400);
    expect(await widgets(`org_id=${fixture.org}`)).toBe(400);
    expect(await widgets(`portal_id=${other['portal_id']}&domain=${domain}`)).toBe(400);
    expect(await widgets(`org_id=1&portal_id=${id}`)).toBe(404);
    expect(await widgets('domain=nobody.example')).toBe(404);
  });
});
