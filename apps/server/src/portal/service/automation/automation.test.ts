import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PortalCustomer, portalCustomer, relatedTo } from '../testing/portal-customer.ts';

let customer: PortalCustomer;

beforeAll(async () => {
  customer = await portalCustomer({
    email_templates: { invitation: '5da0a718-c822-403d-9f5d-20d4584e0528' },
  });
});

const asAdmin = (method: string, path: string, body?: unknown) =>
  customer.server.request(method, path, { token: customer.admin, body });

/** Adds a file to entities; answers the activity of its creation. */
async function addFile(parents: readonly string[], attributes: object = {}) {
  const file = await customer.create('file', {
    filename: 'Rechnung.pdf',
    owner: relatedTo(...parents),
    ...attributes,
  });
  const feed = await asAdmin('GET', `/v1/entity/file/${file}/activity`);
  return { file, activity: String(feed.body['results']?.[0]?.['_id']) };
}

describe('canTriggerPortalFlow', () => {
  const ask = async (activity_id: string, file_config?: object, portalId = customer.portalId) => {
    const body = { activity_id, ecp_config: file_config ? { file_config } : {} };
    const answer = await asAdmin('POST', `/v2/portal/can-trigger-portal-flow?portal_id=${portalId}`, body);
    return answer.status === 200 ? answer.body['can_trigger'] : answer.status;
  };

  it('is true for the wanted files of entities that a user of the portal sees', async () => {
    const contract = await customer.create('contract', { customer: relatedTo(customer.contactId) });
    const { activity } = await addFile([contract], {
      shared_with_end_customer: true,
      _tags: ['bill', 'new'],
    });
    expect(await ask(activity)).toBe(true);
    expect(await ask(activity, { shared_with_end_customer: true, _tags: ['bill'] })).toBe(true);
    expect(await ask(activity, { shared_with_end_customer: false })).toBe(false);
    expect(await ask(activity, { _tags: ['bill', 'old'] })).toBe(false);
  });

  it('is false where nobody would see it', async () => {
    const { activity: alone } = await addFile([await customer.create('contract', {})]);
    expect(await ask(alone)).toBe(false);
    const { activity } = await addFile([customer.contactId]);
    expect(await ask(activity)).toBe(true);
    expect(await ask(activity, {}, randomUUID())).toBe(false);
    expect(await ask(activity, {}, (await portalCustomer()).portalId)).toBe(false);
    expect(await ask('01F130Q52Q6MWSNS8N2AVXV4JN')).toBe(false);
    const other = await customer.another();
    const { activity: theirs } = await addFile([other.contactId]);
    await asAdmin('PATCH', `/v1/entity/portal_user/${other.portalUserId}`, { access_status: false });
    expect(await ask(theirs)).toBe(false);
  });
});

describe('getAutomationContext', () => {
  const ask = (id: string) => asAdmin('GET', `/v2/portal/automation-context?type=file&activity_id=${id}`);

  it('is the file with what it belongs to', async () => {
    const contract = await customer.create('contract', { customer: relatedTo(customer.contactId) });
    const { file, activity } = await addFile([contract, customer.contactId]);
    const { status, body } = await ask(activity);
    expect([status, Object.keys(body).sort()]).toEqual([200, ['contact', 'contract', 'file']]);
    expect(body).toMatchObject({
      file: { _id: file },
      contract: { _id: contract },
      contact: { _id: customer.contactId },
    });
  });

  it('is empty for activities nobody knows, and refuses other types', async () => {
    expect(await ask('01F130Q52Q6MWSNS8N2AVXV4JN')).toMatchObject({ status: 200, body: {} });
    expect((await asAdmin('GET', '/v2/portal/automation-context?type=mail&activity_id=x')).status).toBe(400);
  });
});

describe('replaceECPTemplateVariables', () => {
  const ask = async (body: object) => {
    const answer = await asAdmin('POST', '/v2/portal/replace-ecp-template-variables', body);
    expect([answer.status, answer.body]).toEqual([200, answer.body]);
    return answer.body;
  };
  const context = (id: string, more: object = {}) => ({
    entity_context: { main: { _id: id, is_main_entity: true, ...more } },
  });
  const host = () => `http://mein-portal-${customer.org}.portal.localhost`;

  it('links to the portals where the entity is shown', async () => {
    const opportunity = await customer.create('opportunity', { customer: relatedTo(customer.contactId) });
    const body = await ask(context(opportunity));
    const email = `${customer.contactId}@example.org`;
    expect(body).toEqual({
      customerPortal: {
        invitationLink: `${host()}/register?contactId=${customer.contactId}`,
        newDocumentLink: `${host()}/requests/opportunities/${opportunity}`,
        entityLink: `${host()}/requests/opportunities/${opportunity}`,
        userEmailsOnEntity: [email],
      },
      portalUser: body['customerPortal'],
    });
    const contract = await customer.create('contract', {});
    const unseen = await ask({ ...context(contract), template_id: '5da0a718-c822-403d-9f5d-20d4584e0528' });
    expect(unseen['portalUser']).toEqual({
      invitationLink: `${host()}/register`,
      newDocumentLink: `${host()}/contracts/${contract}`,
      entityLink: `${host()}/contracts/${contract}`,
      userEmailsOnEntity: [],
    });
  });

  it('invites the address of the journey, else the primary one of the contact', async () => {
    const contact = await customer.create('contact', {
      email: [{ email: 'alt@example.org' }, { email: 'neu@example.org', _tags: ['PRIMARY'] }],
    });
    const invited = async (more: object) => {
      const link = (await ask(context(contact, more)))['customerPortal']?.['invitationLink'];
      return new URL(String(link)).searchParams.get('email');
    };
    expect(await invited({})).toBe('neu@example.org');
    expect(await invited({ journey_registration_email: 'x+y@example.org' })).toBe('x+y@example.org');
  });

  it('follows the portal chosen in the journey', async () => {
    const installers = await asAdmin('POST', '/v3/portal/config', {
      ...{
        origin: 'INSTALLER_PORTAL',
        name: 'Installateure',
        enabled: true,
        domain: `${randomUUID()}.example`,
      },
    });
    const body = await ask(
      context(customer.contactId, { journey_registration_portal_id: String(installers.body['portal_id']) }),
    );
    expect(body['portalUser']).toEqual(body['installerPortal']);
    expect(body['portalUser']?.['entityLink']).not.toBe(body['customerPortal']?.['entityLink']);
    expect(await ask({})).toHaveProperty('installerPortal.userEmailsOnEntity', []);
  });
});

describe('automation questions', () => {
  it('are for staff with a grant only', async () => {
    const asked: [string, string, object?][] = [
      ['POST', `/v2/portal/can-trigger-portal-flow?portal_id=${customer.portalId}`, {}],
      ['GET', '/v2/portal/automation-context?type=file&activity_id=x'],
      ['POST', '/v2/portal/replace-ecp-template-variables', {}],
    ];
    const role = {
      id: `${customer.org}:mail`,
      slug: 'mail',
      name: 'Mail',
      type: 'user_role',
      grants: [{ action: 'message:*', resource: '*' }],
    } as const;
    const { identity } = customer.server.busbar.rooms;
    await customer.server.busbar.storage.database
      .tenant(customer.org)
      .transaction((tx) =>
        identity.organisations.putRole(tx, { ...role, parentRole: undefined, expiresAt: undefined }),
      );
    const made = await asAdmin('POST', '/v1/access-tokens', { name: 'mail', assignments: [role.id] });
    for (const [method, path, body] of asked) {
      for (const [token, status] of [
        [undefined, 401],
        [customer.token, 401],
        [String(made.body['token']), 403],
        [customer.admin, 200],
      ] as const) {
        expect([path, (await customer.server.request(method, path, { token, body })).status]).toEqual([
          path,
          status,
        ]);
      }
    }
  });
});
