import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PortalFixture, portalFixture } from './testing/portal-fixture.ts';

let fixture: PortalFixture;
beforeAll(async () => {
  fixture = await portalFixture();
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
    // The documented call sends the same widget twice.
    const twice = { widgets: [widgets[0], widgets[0]] };
    expect((await fixture.ask('POST', `/v3/portal/widgets?portal_id=${id}`, twice)).status).toBe(201);
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
