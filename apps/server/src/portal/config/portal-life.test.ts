import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { type PortalFixture, portalFixture } from './testing/portal-fixture.ts';

let fixture: PortalFixture;
beforeAll(async () => {
  fixture = await portalFixture();
});

const upsert = (origin: string, body: object) =>
  fixture.ask('POST', `/v2/portal/portal?origin=${origin}`, body);
const get = (portalId: unknown) => fixture.ask('GET', `/v3/portal/config/${portalId}`);

describe('deleting a portal', () => {
  it('frees its name, ends its sessions and takes its users their access', async () => {
    const domain = `${randomUUID()}.example.org`;
    const portal = await fixture.portal({ domain });
    const id = String(portal['portal_id']);
    const user = await fixture.user(id);
    const asUser = () => fixture.server.request('GET', '/v2/portal/config', { token: user.token });
    expect((await asUser()).status).toBe(200);
    expect((await fixture.ask('DELETE', `/v3/portal/config/${id}`)).status).toBe(204);
    expect((await asUser()).status).toBe(401);
    expect((await get(id)).status).toBe(404);
    expect((await fixture.askPublicly(`/v2/portal/public/config?domain=${domain}`)).status).toBe(404);
    const entity = await fixture.ask('GET', `/v1/entity/portal_user/${user.portalUserId}`);
    expect(entity.body['entity']?.['access_status'] ?? entity.body['access_status']).toBe(false);
    await fixture.portal({ domain });
  });

  it('takes the providers along with the last portal of the origin', async () => {
    const identity_providers = [{ slug: 'corp', display_name: 'Corp', provider_type: 'OIDC' }];
    await upsert('SSO_PORTAL', { identity_providers });
    expect((await fixture.ask('DELETE', '/v2/portal/config?origin=SSO_PORTAL')).status).toBe(204);
    expect((await fixture.ask('DELETE', '/v2/portal/config?origin=SSO_PORTAL')).status).toBe(404);
    const again = await upsert('SSO_PORTAL', {});
    expect(again.body['identity_providers']).toEqual([]);
  });
});

describe('switching an organisation off', () => {
  it('closes its portals at once', async () => {
    const closed = await portalFixture();
    const portal = await closed.portal();
    const user = await closed.user(String(portal['portal_id']));
    const path = `/v2/portal/public/config?domain=${portal['domain']}`;
    expect((await closed.askPublicly(path)).body['enabled']).toBe(true);
    await closed.server.busbar.storage.database
      .tenant(closed.org)
      .run(sql`update organisation set active = false where org_id = ${closed.org}`);
    expect((await closed.askPublicly(path)).body['enabled']).toBe(false);
    const own = await closed.server.request('GET', '/v2/portal/config', { token: user.token });
    expect([own.status, own.body['reason']]).toEqual([401, 'PORTAL_DISABLED']);
  });
});

describe('swapping two portals', () => {
  const swap = (source: unknown, target: unknown, items?: string[]) =>
    fixture.ask('POST', '/v3/portal/config/swap', {
      source_portal_id: source,
      target_portal_id: target,
      ...(items ? { items_to_swap: items } : {}),
    });

  it('leaves a portal as it is that is swapped with itself', async () => {
    const { portal_id: id } = await fixture.portal({ design: { theme: 'own' } });
    const before = (await get(id)).body;
    expect((await swap(id, id, ['all'])).status).toBe(200);
    expect((await get(id)).body).toEqual(before);
    const nobody = randomUUID();
    expect((await swap(nobody, nobody)).status).toBe(404);
  });

  it('exchanges what they do, and leaves names, sign-in and whether they are on', async () => {
    const template = randomUUID();
    const one = await fixture.portal({
      name: 'One',
      meter_reading_grace_period: 5,
      email_templates: { invitation: template },
      auth_settings: { entry_point: 'SSO' },
    });
    const other = await fixture.portal({ name: 'Other', enabled: false });
    const answer = await swap(one['portal_id'], other['portal_id']);
    expect(answer.body).toEqual({ message: 'Domain and users swapped successfully.' });
    const [a, b] = [(await get(one['portal_id'])).body, (await get(other['portal_id'])).body];
    expect([a['name'], a['meter_reading_grace_period'], a['enabled']]).toEqual(['Other', 0, true]);
    expect([b['name'], b['meter_reading_grace_period'], b['enabled']]).toEqual(['One', 5, false]);
    expect([a['domain'], b['domain']]).toEqual([one['domain'], other['domain']]);
    expect([a['auth_settings'], b['auth_settings']]).toEqual([
      { entry_point: 'SSO' },
      { entry_point: 'PASSWORD' },
    ]);
    expect([a['email_templates'], b['email_templates']]).toEqual([{ invitation: template }, {}]);
    await swap(one['portal_id'], other['portal_id'], ['all']);
    expect((await get(other['portal_id'])).body['email_templates']).toEqual({ invitation: template });
  });

  it('never switches on two ways to sign in that exclude each other', async () => {
    const one = await fixture.portal({ auth_settings: { passwordless_login: { enabled: true } } });
    const other = await fixture.portal({ advanced_mfa: { enabled: true } });
    await swap(one['portal_id'], other['portal_id'], ['all']);
    expect((await get(one['portal_id'])).body['advanced_mfa']).toEqual({ enabled: false });
    expect((await get(other['portal_id'])).body['advanced_mfa']).toEqual({ enabled: true });
  });

  it('refuses foreign portals and unknown items', async () => {
    const one = (await fixture.portal())['portal_id'];
    const foreign = (await (await portalFixture()).portal())['portal_id'];
    expect((await swap(one, foreign)).status).toBe(404);
    expect((await swap(one, foreign, ['everything'])).status).toBe(400);
  });
});
