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
      cognito_user_pool_id: `portal_${id}`,
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

describe('rules of a configuration', () => {
  it.each([
    ['unreadable UI settings', { config: 'not JSON' }, 'body.config'],
    ['UI settings that are no object', { config: '[]' }, 'body.config'],
    [
      'both sign-in modes',
      { auth_settings: { passwordless_login: { enabled: true } }, advanced_mfa: { enabled: true } },
      'body.advanced_mfa.enabled',
    ],
    [
      'an unknown preferred provider',
      { auth_settings: { preferred_sso_providers: ['nobody'] } },
      'body.auth_settings.preferred_sso_providers[0]',
    ],
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

  it('switch one sign-in mode off when the other is switched on', async () => {
    const portal = await fixture.portal({ advanced_mfa: { enabled: true } });
    const passwordless = await put(portal['portal_id'], {
      auth_settings: { passwordless_login: { enabled: true } },
    });
    expect(passwordless.body['advanced_mfa']).toEqual({ enabled: false });
    const secondFactor = await put(portal['portal_id'], { advanced_mfa: { enabled: true } });
    expect(secondFactor.body['auth_settings']?.['passwordless_login']).toEqual({ enabled: false });
  });
});

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
    for (const domain of ['busbar.test', 'edge.portal.localhost']) {
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

describe('swapping two portals', () => {
  const swap = (source: unknown, target: unknown, items?: string[]) =>
    fixture.ask('POST', '/v3/portal/config/swap', {
      source_portal_id: source,
      target_portal_id: target,
      ...(items ? { items_to_swap: items } : {}),
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

  it('refuses one portal twice, foreign portals and unknown items', async () => {
    const one = (await fixture.portal())['portal_id'];
    const foreign = (await (await portalFixture()).portal())['portal_id'];
    expect((await swap(one, one)).status).toBe(400);
    expect((await swap(one, foreign)).status).toBe(404);
    expect((await swap(one, foreign, ['everything'])).status).toBe(400);
  });
});

describe('templates of mails', () => {
  it('are merged, and null clears', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const id = (await fixture.portal())['portal_id'];
    const path = `/v3/portal/email-templates/${id}`;
    await fixture.ask('POST', path, { invitation: first, forgotPassword: first });
    const answer = await fixture.ask('POST', path, { invitation: second, forgotPassword: null });
    expect(answer.body).toEqual({
      message: 'Email Templates upserted successfully',
      emailTemplates: { invitation: second },
    });
    expect((await fixture.ask('GET', path)).body).toEqual({ invitation: second });
  });
});

describe('widgets', () => {
  it('are replaced as a list, and users see the actions whose rules hold', async () => {
    const id = (await fixture.portal())['portal_id'];
    const label = { de: 'Los', en: 'Go' };
    const action = (_id: string, attribute_value: string) => ({
      ...{ _id, type: 'link', label, url: 'https://example.org' },
      rules: [{ entity: 'contact', attribute: 'first_name', attribute_value }],
    });
    const widgets = [
      { id: 'b', type: 'ENTITY_WIDGET', listIndex: 2, schema: 'contract' },
      { id: 'a', type: 'ACTION_WIDGET', listIndex: 1, actions: [action('kim', 'Kim'), action('sam', 'Sam')] },
    ];
    const written = await fixture.ask('POST', `/v3/portal/widgets?portal_id=${id}`, { widgets });
    expect([written.status, written.body]).toEqual([201, { widgets }]);
    const user = await fixture.user(String(id));
    const seen = await fixture.server.request('GET', `/v3/portal/widgets?portal_id=${id}`, {
      token: user.token,
    });
    expect(seen.body['widgets']).toEqual([{ ...widgets[1], actions: [action('kim', 'Kim')] }, widgets[0]]);
    const publicly = await fixture.askPublicly(`/v3/portal/public/widgets?portal_id=${id}`);
    expect(publicly.body['widgets']).toEqual([{ ...widgets[1], actions: [] }]);
    const twice = { widgets: [widgets[0], widgets[0]] };
    expect((await fixture.ask('POST', `/v3/portal/widgets?portal_id=${id}`, twice)).status).toBe(400);
  });
});

describe('catalogues', () => {
  it('offer identifiers that people can type, and nothing for unknown schemas', async () => {
    const { data } = (await fixture.ask('GET', '/v2/portal/registration/identifiers')).body;
    const names = (schema: string) => JSON.stringify(data?.[schema]);
    expect(names('contract')).toContain('"contract_number"');
    expect(names('contract')).not.toContain('"customer"');
    const contact = await fixture.ask('GET', '/v2/portal/contact/valid/secondary/attributes');
    expect(contact.body['data']).toContainEqual({ name: 'last_name', type: 'string' });
    const unknown = await fixture.ask('GET', '/v2/portal/entity/identifiers/unicorn');
    expect([unknown.status, unknown.body]).toEqual([200, { data: [] }]);
    const extra = await fixture.ask('GET', '/v2/portal/extra-permission-attributes');
    expect(extra.body['data']?.['meter']).toContainEqual(expect.objectContaining({ name: 'last_reading' }));
  });
});

describe('schemas and settings for portals', () => {
  it('show a user the attributes that the role shows, and the public what its forms need', async () => {
    const portal = await fixture.portal({
      allowed_portal_entities: ['contact', 'contract'],
      registration_identifiers: [{ schema: 'contract', name: 'contract_number' }],
      additional_contact_attributes: [{ name: 'salutation', required: true }],
    });
    const user = await fixture.user(String(portal['portal_id']));
    const own = await fixture.server.request('GET', '/v2/portal/schemas', { token: user.token });
    const slugs = Object.values(own.body['schemas'] ?? {}).map((schema) => schema['slug']);
    expect(slugs.sort()).toEqual(['contact', 'contract', 'file', 'portal_user']);
    const open = await fixture.askPublicly(`/v2/portal/public/schemas?domain=${portal['domain']}`);
    const needed = Object.values(open.body['schemas'] ?? {}).map((schema) => [
      schema['slug'],
      Object.values(schema['attributes'] ?? {}).map((attribute) => attribute['name']),
    ]);
    expect(needed).toEqual([
      ['contract', ['contract_number']],
      ['contact', ['salutation']],
    ]);
  });

  it('tell the public less of the settings than users', async () => {
    const portal = await fixture.portal();
    await fixture.server.busbar.rooms.identity.organisations.writeSetting(fixture.org, 'sso', {
      enabled: true,
    });
    const open = await fixture.askPublicly(`/v2/portal/public/org/settings?domain=${portal['domain']}`);
    expect(Object.keys(open.body['data'] ?? {}).sort()).toEqual([
      'double_opt_in',
      'end_customer_portal',
      'installer_portal',
      'sso',
    ]);
    expect(open.body['data']?.['sso']).toEqual({ enabled: true });
    const user = await fixture.user(String(portal['portal_id']));
    const own = await fixture.server.request('GET', '/v2/portal/org/settings', { token: user.token });
    expect(own.body['data']?.['user_roles_preview']).toEqual({ enabled: false });
  });
});
