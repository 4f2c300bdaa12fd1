import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../contract/json-object.ts';
import { sql } from '../../storage/index.ts';
import { extensionsForAdmin, mergeOptions, readExtensionOptions } from './extension-options.ts';
import { type PortalFixture, portalFixture } from './testing/portal-fixture.ts';

/** Stands in everything that must not leave. */
const SECRET = 'geheim-7d1f';
/** Stands in everything that only administrators may see. */
const PRIVATE = 'intern-53ac';

let fixture: PortalFixture;
let portal: JsonObject;
let accessToken: string;
const slug = 'corp';

beforeAll(async () => {
  fixture = await portalFixture();
  const { identity } = fixture.server.busbar.rooms;
  const portalId = (await fixture.portal({ origin: 'SECRET_PORTAL' }))['portal_id'];
  const token = await identity.tokens.createForInstallation(fixture.org, {
    type: 'portal',
    name: 'Published',
    portalId: String(portalId),
  });
  accessToken = token.token;
  const answer = await fixture.ask('PUT', `/v3/portal/config/${portalId}`, {
    domain: `${randomUUID()}.example.org`,
    accessToken,
    config: JSON.stringify({
      available_languages: ['german'],
      externalLinks: [
        { id: 'a', type: 'seamless', label: { de: 'x' }, link: `https://erp.example/${SECRET}` },
        { id: 'b', type: 'link', label: { de: 'Start' }, link: 'https://example.org' },
      ],
    }),
    identity_providers: [
      {
        slug,
        display_name: 'Corp',
        provider_type: 'OIDC',
        oidc_config: {
          oidc_issuer: `https://${PRIVATE}.example`,
          client_id: PRIVATE,
          client_secret: SECRET,
          scope: 'openid',
          metadata: { test_auth_username: `${SECRET}-user`, test_auth_password: SECRET },
        },
        mobile_oidc_config: { client_id: PRIVATE, client_secret: SECRET },
        expose_client_secret: true,
      },
    ],
    extensions: [{ id: 'erp', status: 'enabled', options: { api_key: SECRET, base_url: PRIVATE } }],
    email_templates: { invitation: randomUUID() },
    default_user_to_notify: { onPendingUser: [{ display_name: PRIVATE, email: `${PRIVATE}@example.org` }] },
    mobile_config: { display_name: PRIVATE },
    notification_triggers: [{ trigger_type: 'entity_created', entity_schema: PRIVATE }],
    cognito_details: { timeouts: { access_token: 7 } },
    feature_settings: { billing: true, mcp_enabled: true },
  });
  expect([answer.status, answer.body['errors']]).toEqual([200, undefined]);
  portal = answer.body;
});

/** Every public operation of this part, with parameters that find the portal. */
function publicPaths(): string[] {
  const byId = `org_id=${fixture.org}&portal_id=${portal['portal_id']}`;
  const byOrigin = `org_id=${fixture.org}&origin=SECRET_PORTAL`;
  const byDomain = `domain=${portal['domain']}`;
  return [
    `/v2/portal/public/config?${byDomain}`,
    `/v2/portal/public/portal/config?${byOrigin}`,
    `/v3/portal/public/portal/config?${byId}`,
    `/v2/portal/public-widgets?${byOrigin}`,
    `/v3/portal/public/widgets?${byId}`,
    `/v2/portal/public/org/settings?${byDomain}`,
    `/v2/portal/public/schemas?${byDomain}`,
    `/edge/distribution?${byDomain}`,
  ];
}

/** Members of a JSON value at any depth, as dotted paths. */
function membersOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = Array.isArray(value) ? `${path}[]` : `${path}.${name}`;
    return [here, ...membersOf(member, here)];
  });
}

describe('public answers', () => {
  it('hold nothing secret and nothing that is for administrators', async () => {
    for (const path of publicPaths()) {
      const answer = await fixture.askPublicly(path);
      expect([path, answer.status]).toEqual([path, 200]);
      const text = JSON.stringify(answer.body);
      for (const planted of [SECRET, PRIVATE, accessToken]) {
        expect([path, text.includes(planted)]).toEqual([path, false]);
      }
      const names = membersOf(answer.body).filter((name) =>
        /secret|password(?!_policy|_history|less)|access_?token|extension|oidc|mcp_|timeouts|arn$|email_templates|notify|grants|pages/i.test(
          name.replace(/\.cognito_details\.password_policy.*/, ''),
        ),
      );
      expect([path, names]).toEqual([path, []]);
    }
  });

  it('name the identity providers and keep the open links', async () => {
    const { body } = await fixture.askPublicly(publicPaths()[2] ?? '');
    expect(body['identity_providers']).toEqual([{ slug, display_name: 'Corp' }]);
    expect(JSON.parse(String(body['config']))).toMatchObject({ externalLinks: [{ id: 'b' }] });
  });

  it('show only branding of a portal that is switched off', async () => {
    const off = await fixture.portal({ enabled: false, name: 'Closed' });
    const { body } = await fixture.askPublicly(`/v2/portal/public/config?domain=${off['domain']}`);
    expect(body).toMatchObject({ enabled: false, name: 'Closed' });
    expect(Object.keys(body)).not.toContain('config');
    expect(Object.keys(body)).not.toContain('registration_identifiers');
  });
});

describe('answers to portal users', () => {
  it('hold no secret and nothing that is for administrators', async () => {
    const user = await fixture.user(String(portal['portal_id']));
    for (const path of ['/v2/portal/config', `/v3/portal/config/${portal['portal_id']}`]) {
      const answer = await fixture.server.request('GET', path, { token: user.token });
      expect(answer.status).toBe(200);
      const text = JSON.stringify(answer.body);
      for (const planted of [SECRET, PRIVATE, accessToken]) {
        expect([path, planted, text.includes(planted)]).toEqual([path, planted, false]);
      }
      expect(answer.body['identity_providers']).toEqual([{ slug, display_name: 'Corp' }]);
    }
  });
});

describe('answers to administrators', () => {
  it('hold no secret value, but say that there is one', async () => {
    for (const path of [
      '/v2/portal/config?origin=SECRET_PORTAL',
      '/v2/portal/org/portal/config?origin=SECRET_PORTAL',
      `/v3/portal/org/portal/config?portal_id=${portal['portal_id']}`,
      `/v3/portal/config/${portal['portal_id']}`,
      '/v2/portal/configs',
      '/v3/portal/configs',
    ]) {
      const answer = await fixture.ask('GET', path);
      expect([path, answer.status]).toEqual([path, 200]);
      const providers = JSON.stringify(answer.body['identity_providers'] ?? answer.body['data']);
      expect(providers).toContain('"has_client_secret":true');
      expect(providers).toContain(PRIVATE);
      // Seamless links are an administrator's own text; nothing else that was planted as a secret comes back.
      const { config: _ownText, extensions: _options, data: _list, ...rest } = answer.body as JsonObject;
      expect([path, JSON.stringify(rest).includes(SECRET)]).toEqual([path, false]);
    }
  });

  it('give the publishable token back', () => {
    expect(portal['accessToken']).toBe(accessToken);
  });
});

describe('stored rows', () => {
  it('hold secrets sealed only', async () => {
    const tenant = fixture.server.busbar.storage.database.tenant(fixture.org);
    const rows = await tenant.query(sql`
      select (p.config - 'config')::text as config, p.secrets::text as secrets, i.provider::text as provider, i.secrets as sealed
        from portal p join portal_identity_provider i on i.org_id = p.org_id and i.origin = p.origin
       where p.org_id = ${fixture.org}`);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(SECRET);
    expect(JSON.stringify(rows)).not.toContain(accessToken);
  });
});

describe('option values of extensions', () => {
  it('are sealed, kept when only others are sent, and read by hooks', async () => {
    const { database } = fixture.server.busbar.storage;
    const { secrets } = fixture.server.busbar.ports;
    const id = String((await fixture.portal())['portal_id']);
    const save = (extensions: unknown) => fixture.ask('PUT', `/v3/portal/config/${id}`, { extensions });
    const read = () => readExtensionOptions(database.tenant(fixture.org), secrets, id);
    await save([
      { id: 'erp', status: 'enabled', options: { key: SECRET } },
      { id: 'crm', status: 'installed', options: { url: 'https://crm.example' } },
    ]);
    expect(await read()).toEqual({ erp: { key: SECRET }, crm: { url: 'https://crm.example' } });
    await save([{ id: 'erp', status: 'enabled' }]);
    expect(await read()).toEqual({ erp: { key: SECRET } });
  });

  it('that are secret stay when they are not sent, and go when they are sent empty', () => {
    const open = new Map([['erp', new Set(['url'])]]);
    const before = { erp: { key: SECRET, url: 'https://old.example' } };
    const save = (options: object) => mergeOptions(before, [{ id: 'erp', options }], open);
    expect(save({ url: '' })).toEqual({ erp: { key: SECRET, url: '' } });
    expect(save({ key: '' })).toEqual({ erp: {} });
    expect(save({ key: 'new' })).toEqual({ erp: { key: 'new' } });
    expect(extensionsForAdmin([{ id: 'erp' }], before, open)).toEqual([
      { id: 'erp', options: { url: 'https://old.example' } },
    ]);
    const reference = { erp: { key: '{{ env.ERP_KEY }}' } };
    expect(extensionsForAdmin([{ id: 'erp' }], reference, open)).toEqual([
      { id: 'erp', options: reference.erp },
    ]);
  });
});

describe('secrets of providers', () => {
  const save = (oidc: JsonObject) =>
    fixture.ask('POST', '/v2/portal/portal?origin=KEEP_PORTAL', {
      identity_providers: [
        { slug: 'idp', display_name: 'IdP', provider_type: 'OIDC', oidc_config: { client_id: 'x', ...oidc } },
      ],
    });
  const held = (answer: { body: unknown }) =>
    JSON.stringify(answer.body).includes('"has_client_secret":true');

  it('stay when they are not sent, and go when they are sent empty', async () => {
    expect(held(await save({ client_secret: SECRET }))).toBe(true);
    expect(held(await save({ scope: 'openid' }))).toBe(true);
    expect(held(await save({ client_secret: '' }))).toBe(false);
    expect(held(await save({}))).toBe(false);
  });

  it('are shown when they are references to the environment', async () => {
    const reference = '{{ env.CORP_SECRET }}';
    const answer = await save({ client_secret: reference });
    expect(answer.body['identity_providers']?.[0]?.['oidc_config']?.['client_secret']).toEqual(reference);
    const kept = await save({});
    expect(kept.body['identity_providers']?.[0]?.['oidc_config']?.['client_secret']).toEqual(reference);
  });

  it('are shared by the portals of an origin', async () => {
    const [one, other] = [
      await fixture.portal({ origin: 'ADDITIONAL_PORTAL' }),
      await fixture.portal({ origin: 'ADDITIONAL_PORTAL' }),
    ];
    await fixture.ask('PUT', `/v3/portal/config/${one['portal_id']}`, {
      identity_providers: [{ slug: 'shared', display_name: 'Shared', provider_type: 'OIDC' }],
    });
    const seen = await fixture.ask('GET', `/v3/portal/config/${other['portal_id']}`);
    expect(seen.body['identity_providers']?.[0]?.['slug']).toBe('shared');
  });
});
