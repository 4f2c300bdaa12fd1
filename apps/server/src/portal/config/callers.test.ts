import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PortalFixture, portalFixture } from './testing/portal-fixture.ts';

type Caller = 'nobody' | 'owner' | 'stranger' | 'user' | 'otherUser' | 'viewer' | 'editor';

const CALLERS: readonly Caller[] = ['nobody', 'owner', 'stranger', 'user', 'otherUser', 'viewer', 'editor'];

let fixture: PortalFixture;
let tokens: Readonly<Record<Caller, string | undefined>>;
let ids: { readonly portal: string; readonly other: string; readonly domain: string };

beforeAll(async () => {
  fixture = await portalFixture();
  const stranger = await portalFixture();
  const portal = await fixture.portal({
    origin: 'END_CUSTOMER_PORTAL',
    domain: `${randomUUID()}.example.org`,
  });
  const other = await fixture.portal();
  ids = {
    portal: String(portal['portal_id']),
    other: String(other['portal_id']),
    domain: String(portal['domain']),
  };
  tokens = {
    nobody: undefined,
    owner: fixture.token,
    stranger: stranger.token,
    user: (await fixture.user(ids.portal)).token,
    otherUser: (await fixture.user(String(other['portal_id']))).token,
    viewer: await fixture.staff(['customer_portal:view']),
    editor: await fixture.staff(['customer_portal:view', 'customer_portal:edit']),
  };
});

/** What each caller gets: nobody, owner, stranger, user, user of another portal, staff who may view, staff who may edit. */
const TABLE: readonly (readonly [
  method: string,
  path: string,
  body: object | undefined,
  statuses: string,
])[] = [
  ['GET', '/v2/portal/config?origin=END_CUSTOMER_PORTAL', undefined, '401 200 404 200 403 200 200'],
  ['GET', '/v3/portal/config/{id}', undefined, '401 200 404 200 403 200 200'],
  [
    'GET',
    '/v2/portal/org/portal/config?origin=END_CUSTOMER_PORTAL',
    undefined,
    '401 200 404 401 401 200 200',
  ],
  ['GET', '/v3/portal/org/portal/config?portal_id={id}', undefined, '401 200 404 401 401 200 200'],
  ['GET', '/v2/portal/configs', undefined, '401 200 200 401 401 200 200'],
  ['GET', '/v3/portal/configs', undefined, '401 200 200 401 401 200 200'],
  ['PUT', '/v3/portal/config/{id}', { name: 'P' }, '401 200 404 401 401 403 200'],
  ['POST', '/v2/portal/portal?origin=END_CUSTOMER_PORTAL&portal_id={id}', {}, '401 200 404 401 401 403 200'],
  ['PUT', '/v3/portal/config/{id}', { enabled: true }, '401 200 404 401 401 403 200'],
  ['POST', '/v3/portal/config', { origin: 'INSTALLER_PORTAL' }, '401 201 201 401 401 403 403'],
  ['GET', '/v2/portal/email-templates?origin=END_CUSTOMER_PORTAL', undefined, '401 200 404 401 401 200 200'],
  ['GET', '/v3/portal/email-templates/{id}', undefined, '401 200 404 401 401 200 200'],
  ['POST', '/v2/portal/email-templates?origin=END_CUSTOMER_PORTAL', {}, '401 200 404 401 401 403 200'],
  ['POST', '/v3/portal/email-templates/{id}', {}, '401 200 404 401 401 403 200'],
  ['GET', '/v2/portal/widgets?origin=END_CUSTOMER_PORTAL', undefined, '401 200 404 200 403 200 200'],
  ['GET', '/v3/portal/widgets?portal_id={id}', undefined, '401 200 404 200 403 200 200'],
  ['POST', '/v2/portal/widgets?origin=END_CUSTOMER_PORTAL', { widgets: [] }, '401 201 404 401 401 403 201'],
  ['POST', '/v3/portal/widgets?portal_id={id}', { widgets: [] }, '401 201 404 401 401 403 201'],
  ['GET', '/v2/portal/org/settings', undefined, '401 401 401 200 200 401 401'],
  ['GET', '/v2/portal/schemas', undefined, '401 401 401 200 200 401 401'],
  ['GET', '/v2/portal/extra-permission-attributes', undefined, '401 200 200 401 401 200 200'],
  ['GET', '/v2/portal/registration/identifiers', undefined, '401 200 200 401 401 200 200'],
  ['GET', '/v2/portal/contact/valid/secondary/attributes', undefined, '401 200 200 401 401 200 200'],
  ['GET', '/v2/portal/entity/identifiers/contact', undefined, '401 200 200 401 401 200 200'],
  [
    'POST',
    '/v2/portal/validate/caa-records?origin=INSTALLER_PORTAL',
    undefined,
    '401 200 200 401 401 403 403',
  ],
  ['POST', '/v3/portal/verify-dns?portal_id={other}', undefined, '401 200 404 401 401 403 200'],
  ['GET', '/v3/portal/configure-distribution?portal_id={id}', undefined, '401 200 404 401 401 403 200'],
  ['GET', '/v2/portal/public/config?domain={domain}', undefined, '200 200 200 200 200 200 200'],
  ['GET', '/v3/portal/public/widgets?domain={domain}', undefined, '200 200 200 200 200 200 200'],
  ['GET', '/v2/portal/public/schemas?domain={domain}', undefined, '200 200 200 200 200 200 200'],
  ['DELETE', '/v2/portal/config?origin=INSTALLER_PORTAL', undefined, '401 204 204 401 401 403 403'],
  ['DELETE', '/v3/portal/config/{id}', undefined, '401 - 404 401 401 403 403'],
];

describe('who may call', () => {
  it.each(TABLE)('%s %s', async (method, path, body, statuses) => {
    const url = path
      .replace('{id}', ids.portal)
      .replace('{other}', ids.other)
      .replace('{domain}', ids.domain);
    const expected = statuses.split(' ');
    for (const [at, caller] of CALLERS.entries()) {
      if (expected[at] === '-') continue;
      const answer = await fixture.server.request(method, url, { token: tokens[caller], body });
      expect([caller, answer.status]).toEqual([caller, Number(expected[at])]);
    }
  });

  it('lets users who are not mapped to a contact read the configuration', async () => {
    const user = await fixture.user(ids.other);
    await fixture.ask('PATCH', `/v1/entity/portal_user/${user.portalUserId}`, { mapping_status: 'Pending' });
    const ask = (path: string) => fixture.server.request('GET', path, { token: user.token });
    expect((await ask('/v2/portal/config')).status).toBe(200);
    expect((await ask(`/v3/portal/config/${ids.other}`)).status).toBe(200);
    const closed = await ask('/v2/portal/schemas');
    expect([closed.status, closed.body['reason']]).toEqual([401, 'PORTAL_USER_PENDING_ACTIVATION']);
  });

  it('lets only those switch a portal on who may activate', async () => {
    const off = String((await fixture.portal({ enabled: false }))['portal_id']);
    const turnOn = (token: string | undefined) =>
      fixture.server.request('PUT', `/v3/portal/config/${off}`, { token, body: { enabled: true } });
    expect((await turnOn(tokens.editor)).status).toBe(403);
    const activator = await fixture.staff(['customer_portal:edit', 'customer_portal:activate']);
    expect((await turnOn(activator)).body['enabled']).toBe(true);
  });

  it('lets only those change providers who may manage single sign-on', async () => {
    const providers = [{ slug: 'idp', display_name: 'IdP', provider_type: 'OIDC' }];
    const portal = String((await fixture.portal({ origin: 'SSO_GRANT' }))['portal_id']);
    const send = (token: string | undefined, identity_providers: unknown) =>
      fixture.server.request('PUT', `/v3/portal/config/${portal}`, { token, body: { identity_providers } });
    expect((await send(tokens.editor, providers)).status).toBe(403);
    expect((await send(tokens.editor, [])).status).toBe(200);
    const manager = await fixture.staff(['customer_portal:edit', 'organization:sso']);
    const saved = await send(manager, providers);
    expect((await send(tokens.editor, saved.body['identity_providers'])).status).toBe(200);
  });

  it('keeps installer portals and customer portals apart', async () => {
    const installer = await fixture.staff(['installer_portal:*']);
    const own = await fixture.server.request('POST', '/v3/portal/config', {
      token: installer,
      body: { origin: 'INSTALLER_PORTAL', name: 'I' },
    });
    expect(own.status).toBe(201);
    const customer = await fixture.server.request('GET', `/v2/portal/config?origin=B2B_PORTAL`, {
      token: installer,
    });
    expect(customer.status).toBe(403);
    const list = await fixture.server.request('GET', '/v3/portal/configs', { token: installer });
    expect(Object.values(list.body['data'] ?? {}).map((portal) => portal['origin'])).toEqual([
      'INSTALLER_PORTAL',
    ]);
  });
});
