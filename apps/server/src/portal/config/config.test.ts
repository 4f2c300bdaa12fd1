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
const put = (portalId: unknown, body: object) => fixture.ask('PUT', `/v3/portal/config/${portalId}`, body);
const get = (portalId: unknown) => fixture.ask('GET', `/v3/portal/config/${portalId}`);

describe('a portal by origin and by id', () => {
  it('is created once, then changed by what is sent', async () => {
    const created = await upsert('END_CUSTOMER_PORTAL', { name: 'Mein Portal', enabled: true });
    expect(created.status).toBe(201);
    const { org } = fixture;
    expect(created.body).toMatchObject({ name: 'Mein Portal', enabled: true, organization_id: org, id: org });
    expect(created.body['domain']).toBe(`mein-portal-${org}.portal.localhost`);
    const changed = await upsert('END_CUSTOMER_PORTAL', { meter_reading_grace_period: 30 });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      name: 'Mein Portal',
      enabled: true,
      meter_reading_grace_period: 30,
    });
    const id = String(changed.body['portal_id']);
    expect((await get(id)).body).toMatchObject({ portal_id: id, meter_reading_grace_period: 30 });
    const byOrigin = await fixture.ask('GET', '/v2/portal/config?origin=END_CUSTOMER_PORTAL');
    expect(byOrigin.body['portal_id']).toBe(id);
    const publicly = await fixture.askPublicly(
      `/v2/portal/public/config?domain=https://${String(changed.body['domain']).toUpperCase()}:443/login`,
    );
    expect(publicly.body).toMatchObject({ portal_id: id, name: 'Mein Portal' });
  });

  it('gets a server-side id, and an origin has one portal unless it is an additional one', async () => {
    const sent = { origin: 'B2B_PORTAL', name: 'Partner', portal_id: randomUUID() };
    const first = await fixture.ask('POST', '/v3/portal/config', sent);
    expect(first.status).toBe(201);
    expect(first.body['portal_id']).not.toBe(sent.portal_id);
    const second = await fixture.ask('POST', '/v3/portal/config', sent);
    expect([second.status, second.body['code']]).toEqual([409, 'ORIGIN_TAKEN']);
    const [one, other] = [await fixture.portal(), await fixture.portal()];
    expect(one['portal_id']).not.toBe(other['portal_id']);
    expect(one['domain']).not.toBe(other['domain']);
  });

  it('is made once when many ask at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, at) => upsert('INSTALLER_PORTAL', { name: `Try ${at}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body['portal_id'])).size).toBe(1);
  });

  it('keeps a revision of every save, without secrets', async () => {
    const portal = await fixture.portal({ name: 'First' });
    await put(portal['portal_id'], { name: 'Second' });
    const rows = await fixture.server.busbar.storage.database.tenant(fixture.org).query(sql`
      select revision, config ->> 'name' as name from portal_revision
       where org_id = ${fixture.org} and portal_id = ${String(portal['portal_id'])} order by revision`);
    expect(rows).toEqual([
      { revision: 1, name: 'First' },
      { revision: 2, name: 'Second' },
    ]);
  });

  it('notes every write in the audit log', async () => {
    const id = String((await fixture.portal())['portal_id']);
    await put(id, { name: 'Changed' });
    await fixture.ask('POST', `/v3/portal/email-templates/${id}`, {});
    await fixture.ask('POST', `/v3/portal/widgets?portal_id=${id}`, { widgets: [] });
    await fixture.ask('DELETE', `/v3/portal/config/${id}`);
    const rows = await fixture.server.busbar.storage.database
      .tenant(fixture.org)
      .query<{ action: string }>(sql`
      select action from audit_entry where org_id = ${fixture.org} and resource = ${`portal:${id}`} order by id`);
    expect(rows.map(({ action }) => action).sort()).toEqual(
      ['create', 'delete', 'email_templates', 'update', 'widgets'].map((action) => `portal.${action}`),
    );
  });

  it('ignores read-only fields and answers its own', async () => {
    const portal = await fixture.portal({
      cognito_details: { cognito_user_pool_id: 'eu_mine', timeouts: { access_token: 15 } },
      feature_settings: { billing: true, mcp_grant_version: 7, commodity_billing: true },
    });
    const id = String(portal['portal_id']);
    expect(portal['cognito_details']).toMatchObject({
      cognito_user_pool_id: expect.stringMatching(/^portal_[\w-]+$/),
      cognito_user_pool_client_id: id,
      timeouts: { access_token: 15, id_token: 60, refresh_token: 43_200 },
    });
    expect(portal['feature_settings']).toEqual({
      ...{ billing: true, commodity_billing: true },
      ...{ start_page: false, change_due_date: false, new_design: false },
    });
    expect(portal['portal_sk_v3']).toBe(`PORTAL_CONFIG#${id}`);
  });
});

describe('an origin', () => {
  it.each(['', ' ', 'A%20B', '%3Cscript%3E', 'x'.repeat(101)])('is not %s', async (origin) => {
    expect((await upsert(origin, {})).status).toBe(400);
  });
});

describe('rules of a configuration', () => {
  it.each([
    ['unreadable UI settings', { config: 'not JSON' }, 'body.config'],
    ['UI settings that are no object', { config: '[]' }, 'body.config'],
    [
      'an identifier the schema does not have',
      { registration_identifiers: [{ schema: 'contact', name: 'shoe_size' }] },
      'body.registration_identifiers[0].name',
    ],
    [
      'a relation as identifier',
      { contract_identifiers: [{ schema: 'contract', name: 'customer' }] },
      'body.contract_identifiers[0].name',
    ],
    [
      'an identifier of a schema that identifies nobody',
      { registration_identifiers: [{ schema: 'product', name: 'name' }] },
      'body.registration_identifiers[0].schema',
    ],
    [
      'two journeys for one trigger',
      {
        triggered_journeys: [
          { trigger_name: 'FIRST_LOGIN', journey_id: randomUUID() },
          { trigger_name: 'FIRST_LOGIN', journey_id: randomUUID() },
        ],
      },
      'body.triggered_journeys[1].trigger_name',
    ],
    [
      'an edit rule that does not parse',
      {
        entity_edit_rules: [
          {
            slug: 'contract',
            attribute: 'installment_amount',
            rule_type: 'relative_to_current_value',
            allowed_increment: 'a lot',
          },
        ],
      },
      'body.entity_edit_rules[0].allowed_increment',
    ],
    [
      'an extension with a dot',
      { allowed_file_extensions: { document: ['.PDF'] } },
      'body.allowed_file_extensions.document[0]',
    ],
    [
      'an unknown group of extensions',
      { allowed_file_extensions: { malware: ['exe'] } },
      'body.allowed_file_extensions.malware',
    ],
    ['a script as image', { images: { welcomeBanner: 'javascript:alert(1)' } }, 'body.images.welcomeBanner'],
    ['a host name that is none', { domain: 'not a host' }, 'body.domain'],
    ['an address as host name', { domain: '10.0.0.1' }, 'body.domain'],
    ['a token that is no portal token', { accessToken: 'nonsense' }, 'body.accessToken'],
    [
      'a template where a literal belongs',
      { identity_providers: [{ slug: 'a', display_name: '{{env.X}}', provider_type: 'OIDC' }] },
      'body.identity_providers[0].display_name',
    ],
    [
      'two providers with one slug',
      {
        identity_providers: [
          { slug: 'a', display_name: 'A', provider_type: 'OIDC' },
          { slug: 'a', display_name: 'B', provider_type: 'OIDC' },
        ],
      },
      'body.identity_providers[1].slug',
    ],
  ])('refuse %s', async (_, fields, path) => {
    const answer = await upsert('RULES_PORTAL', { name: 'Rules', ...fields });
    expect([answer.status, answer.body['errors']?.[0]?.['path']]).toEqual([400, path]);
    expect((await fixture.ask('GET', '/v2/portal/config?origin=RULES_PORTAL')).status).toBe(404);
  });

  it('let UI settings grow to one mebibyte, in a body that may be larger', async () => {
    const portal = await fixture.portal();
    const settings = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes - 11) });
    const fits = await put(portal['portal_id'], { config: settings(1024 * 1024) });
    expect([fits.status, String(fits.body['config']).length]).toEqual([200, 1024 * 1024]);
    const tooLarge = await put(portal['portal_id'], { config: settings(3 * 1024 * 1024) });
    expect([tooLarge.status, tooLarge.body['errors']?.[0]?.['path']]).toEqual([400, 'body.config']);
  });

  it('switch one sign-in mode off when the other is switched on', async () => {
    const portal = await fixture.portal({ advanced_mfa: { enabled: true } });
    const passwordless = await put(portal['portal_id'], {
      auth_settings: { passwordless_login: { enabled: true } },
    });
    expect(passwordless.body['advanced_mfa']).toEqual({ enabled: false });
    const secondFactor = await put(portal['portal_id'], { advanced_mfa: { enabled: true } });
    expect(secondFactor.body['auth_settings']?.['passwordless_login']).toEqual({ enabled: false });
    const both = await put(portal['portal_id'], {
      auth_settings: { passwordless_login: { enabled: true } },
      advanced_mfa: { enabled: true },
    });
    expect(both.body['advanced_mfa']).toEqual({ enabled: true });
    expect(both.body['auth_settings']?.['passwordless_login']).toEqual({ enabled: false });
  });
});

describe('the portal role', () => {
  it('follows the schemas of the portal and keeps what was edited', async () => {
    const portal = await fixture.portal({ allowed_portal_entities: ['contact', 'contract', 'meter'] });
    const grantsOf = (body: unknown) => JSON.stringify(body);
    expect(grantsOf(portal['grants'])).toContain('"contract:*"');
    const after = await put(portal['portal_id'], {
      allowed_portal_entities: ['contact', 'contract', 'ticket'],
    });
    const grants = grantsOf(after.body['grants']);
    expect(grants).toContain('"ticket:*:*"');
    expect(grants).not.toContain('"meter:*"');
    expect(grants).toContain('meter_reading:*');
    expect(grants).toContain('contact:*:email');
  });
});
