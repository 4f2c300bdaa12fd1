import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CLIENT,
  OTHER_CLIENT,
  REDIRECT,
  SECRET,
  startTestProvider,
  type TestProvider,
} from '../../../openid/testing/test-provider.ts';
import { sql } from '../../../storage/index.ts';
import { testServer } from '../../../testing/test-server.ts';
import { standInApp } from '../../hooks/testing/stand-in-app.ts';
import { type PortalFixture, portalFixture } from '../testing/portal-fixture.ts';

let provider: TestProvider;
const app = standInApp();

beforeAll(async () => {
  provider = await startTestProvider();
  // The provider lives in the present, and its tokens are good for minutes.
  (await testServer()).clock.set(new Date());
});

afterAll(() => provider.close());

function providerConfig(more: Record<string, unknown> = {}, client = CLIENT) {
  return {
    identity_providers: [
      {
        slug: 'idp',
        display_name: 'IdP',
        provider_type: 'OIDC',
        attribute_mappings: { contact: { email: 'email', first_name: 'given_name' } },
        oidc_config: {
          type: 'authorization_code',
          oidc_issuer: provider.issuer,
          client_id: client,
          client_secret: SECRET,
          scope: 'openid email profile',
          redirect_uri: REDIRECT,
        },
        ...more,
      },
    ],
  };
}

async function idToken(portal: PortalFixture, hint: string): Promise<string> {
  const { code, verifier } = await provider.codeFor(hint);
  const answer = await portal.server.request(
    'POST',
    `/v2/portal/public/sso/callback?domain=${portal.domain}`,
    {
      body: {
        provider_slug: 'idp',
        token_endpoint: 'http://169.254.169.254/latest',
        grant_type: 'authorization_code',
        code,
        client_id: CLIENT,
        code_verifier: verifier,
      },
    },
  );
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  return String(answer.body['id_token']);
}

const login = (portal: PortalFixture, token: string | undefined, body: object = {}) =>
  portal.server.request('POST', `/v3/portal/public/sso/login?domain=${portal.domain}`, { token, body });

describe('single sign-on', () => {
  it('exchanges the code on the server, provisions the person once, and signs in', async () => {
    const portal = await portalFixture(providerConfig());
    const token = await idToken(portal, 'gesine');
    const first = await login(portal, token);
    expect(first, JSON.stringify(first.body)).toMatchObject({
      status: 200,
      body: { email: 'gesine@post.example' },
    });
    const ticket = {
      grant_type: 'urn:portal-server:grant:sso',
      token: String(first.body['token']),
      email: 'gesine@post.example',
    };
    const tokens = await portal.signIn('/oauth2/token', ticket);
    expect(tokens.status).toBe(200);
    expect((await portal.signIn('/oauth2/token', ticket)).body['error']).toBe('invalid_grant');
    const contact = await portal.server.request('GET', '/v2/portal/user', {
      token: String(tokens.body['id_token']),
    });
    expect(contact.body['data']).toMatchObject({
      source: 'sso',
      mapping_status: 'Mapped',
      registration_status: 'Registered',
    });

    expect((await login(portal, await idToken(portal, 'gesine'))).status).toBe(200);
    expect(await portal.users('gesine@post.example')).toHaveLength(1);
    const entry = await portal.server.request(
      'GET',
      `/v2/portal/public/user/entry-point?email=gesine@post.example&domain=${portal.domain}`,
    );
    expect(entry.body).toMatchObject({
      user_exists: true,
      entry_point: 'SSO',
      preferred_sso_providers: ['idp'],
    });
  });

  it('matches the contact that the provider rule names', async () => {
    const portal = await portalFixture(
      providerConfig({ entity_matching: { contact: { customer_number: 'customer_id' } } }),
    );
    const contactId = await portal.createEntity('contact', { customer_number: 'K-4711', last_name: 'Harms' });
    expect((await login(portal, await idToken(portal, 'someone'), { provider_slug: 'idp' })).status).toBe(
      200,
    );
    const [user] = await portal.users('someone@post.example');
    expect(JSON.stringify(user?.['mapped_contact'])).toContain(contactId);
  });

  it('asks no app about somebody of whom the provider does not say what identifies them', async () => {
    const portal = await portalFixture(providerConfig());
    const { server, admin: token } = portal;
    const stranger = await portal.createEntity('contact', { last_name: 'Fremd', customer_number: '' });
    app.answer(() => ({ body: { contact_id: stranger } }));
    const hook = { id: 'who', type: 'registrationIdentifiersCheck', call: { url: `${app.url}/who` } };
    const installed = await server.request('PUT', '/ext/v1/apps/crm/extensions', {
      token,
      body: { extensions: [{ id: 'crm', name: { en: 'CRM' }, hooks: [hook] }] },
    });
    expect(installed.status).toBe(200);
    const saved = await server.request('PUT', `/v3/portal/config/${portal.portalId}`, {
      token,
      body: {
        registration_identifiers: [{ name: 'customer_number', schema: 'contact' }],
        extensions: [{ id: 'crm', status: 'enabled' }],
        extension_hooks: {
          registrationIdentifiersCheck: { app_id: 'crm', extension_id: 'crm', hook_id: 'who' },
        },
      },
    });
    expect(saved.status).toBe(200);
    expect((await login(portal, await idToken(portal, 'gesine'))).status).toBe(200);
    expect(app.received).toEqual([]);
    expect(JSON.stringify(await portal.users('gesine@post.example'))).not.toContain(stranger);
  });

  it('creates nobody when only a login is wanted, and nobody by an unverified address', async () => {
    const portal = await portalFixture({ ...providerConfig(), self_registration_setting: 'DENY' });
    await portal.createEntity('contact', { email: [{ email: 'unverified@post.example' }] });
    const only = await login(portal, await idToken(portal, 'stranger'), { login_only: true });
    expect([only.status, only.body['reason']]).toEqual([400, 'PORTAL_ACCOUNT_NOT_FOUND']);
    const taken = await portal.register({ email: 'unverified@post.example' });
    expect(taken.status).toBe(201);
    const [user] = await portal.users('unverified@post.example');
    const answer = await login(portal, await idToken(portal, 'unverified'));
    expect(answer.status).toBe(400);
    expect(await portal.users('unverified@post.example')).toEqual([user]);
  });

  it('takes no token of another client, none of ours, none that was altered, and none at all', async () => {
    const portal = await portalFixture(providerConfig());
    const { code, verifier } = await provider.codeFor('mallory', OTHER_CLIENT);
    const foreign = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${OTHER_CLIENT}:${SECRET}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: REDIRECT,
      }),
    });
    const other = (await foreign.json()) as { id_token: string };
    const good = await idToken(portal, 'mallory');
    const [head, , signature] = good.split('.');
    const altered = `${head}.${Buffer.from(JSON.stringify({ iss: provider.issuer, sub: 'admin', aud: CLIENT })).toString('base64url')}.${signature}`;
    for (const token of [other.id_token, portal.admin, altered, 'nonsense', undefined]) {
      expect((await login(portal, token)).status).toBe(401);
    }
    expect((await login(portal, good, { provider_slug: 'unknown' })).status).toBe(400);
  });

  it('takes secrets from the environment, and a provider without its value is in nobody’s way', async () => {
    const { identity_providers: list } = providerConfig();
    const [good] = list;
    const bad = {
      ...good,
      slug: 'bad',
      oidc_config: { ...good?.oidc_config, client_secret: '{{ env.missing }}' },
    };
    const portal = await portalFixture({ identity_providers: [good, bad] });
    const answer = await login(portal, await idToken(portal, 'gesine'), { provider_slug: 'idp' });
    expect(answer.status).toBe(200);
    const unusable = await login(portal, await idToken(portal, 'gesine'), { provider_slug: 'bad' });
    expect([unusable.status, unusable.body['code']]).toEqual([500, 'PROVIDER_MISCONFIGURED']);
  });

  it('refuses codes that do not fit, and clients of others', async () => {
    const portal = await portalFixture(providerConfig());
    const callback = (more: object) =>
      portal.server.request('POST', `/v2/portal/public/sso/callback?domain=${portal.domain}`, {
        body: {
          token_endpoint: '',
          grant_type: 'authorization_code',
          code: 'x',
          client_id: CLIENT,
          code_verifier: 'y'.repeat(43),
          ...more,
        },
      });
    expect((await callback({})).body).toMatchObject({ reason: 'PROVIDER_REFUSED' });
    expect((await callback({ client_id: OTHER_CLIENT })).status).toBe(400);
    const { code } = await provider.codeFor('gesine');
    expect((await callback({ code })).status).toBe(400);
  });

  it('sends form posts on to sites of portals only', async () => {
    const portal = await portalFixture();
    const post = (uri: string, type: string, payload: string) =>
      portal.server.request('POST', `/v2/portal/public/sso/redirect?web_uri=${encodeURIComponent(uri)}`, {
        body: payload,
        headers: { 'content-type': type },
      });
    const form = 'code=a%26b&state=s';
    const encoded = await post(`https://${portal.domain}`, 'application/x-www-form-urlencoded', form);
    expect([encoded.status, encoded.headers['location']]).toEqual([
      301,
      `https://${portal.domain}/login?code=a%26b&state=s`,
    ]);
    const multipart =
      '--B\r\nContent-Disposition: form-data; name="code"\r\n\r\nc\r\n--B\r\nContent-Disposition: form-data; name="state"\r\n\r\ns\r\n--B--\r\n';
    const kept = await post(
      `https://${portal.domain}/own/page`,
      'multipart/form-data; boundary=B',
      multipart,
    );
    expect(kept.headers['location']).toBe(`https://${portal.domain}/own/page?code=c&state=s`);
    for (const uri of [
      'https://evil.example',
      `https://${portal.domain}@evil.example`,
      `http://${portal.domain}.evil.example`,
      'javascript:alert(1)',
    ]) {
      expect((await post(uri, 'application/x-www-form-urlencoded', form)).status).toBe(400);
    }
    expect(
      (await post(`https://${portal.domain}`, 'application/x-www-form-urlencoded', 'code=a')).status,
    ).toBe(400);
  });
});

/** Found in the whole installation, so it must be new in a database that other runs have used. */
const LEAVING = randomUUID();

describe('reports of an identity service', () => {
  it('count with the secret of the client only; who left is signed out', async () => {
    const portal = await portalFixture(providerConfig({}, LEAVING));
    const { server } = portal;
    const email = 'leaver@post.example';
    const token = await portal.member(email);
    const [user] = await portal.users(email);
    const id = String(user?.['_id']);
    const path = `/v2/portal/public/m-login/deregister/${LEAVING}/leaver`;
    const report = (secret: string) =>
      server.request('DELETE', path, {
        headers: { authorization: `Basic ${Buffer.from(`${LEAVING}:${secret}`).toString('base64')}` },
      });
    const own = () => server.request('GET', '/v2/portal/user', { token });
    await server.busbar.storage.database.tenant(portal.org).run(sql`
      insert into portal_user_link (org_id, portal_id, issuer, subject, portal_user_id, linked_at)
      values (${portal.org}, ${portal.portalId}, ${provider.issuer}, 'leaver', ${id}, now())`);
    expect((await report('wrong')).status).toBe(401);
    expect((await server.request('DELETE', path)).status).toBe(401);
    expect((await own()).status).toBe(200);
    expect((await report(SECRET)).status).toBe(204);
    expect((await own()).status).toBe(401);
    // They have a password besides, so the account stays; the second report finds nobody.
    expect(await portal.users(email)).toHaveLength(1);
    expect((await report(SECRET)).status).toBe(204);
  });

  it('keep what changed for later', async () => {
    const portal = await portalFixture(providerConfig({}, 'interested-client'));
    const answer = await portal.server.request(
      'POST',
      '/v2/portal/public/m-login/notify-interest-change/interested-client/someone',
      {
        body: { interest_tag: 'solar', action: 'added' },
        headers: { authorization: `Basic ${Buffer.from(`interested-client:${SECRET}`).toString('base64')}` },
      },
    );
    expect(answer.status).toBe(200);
  });
});
