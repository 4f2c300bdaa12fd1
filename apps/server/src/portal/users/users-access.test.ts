import { beforeAll, describe, expect, it } from 'vitest';
import { type PortalFixture, portalFixture } from './testing/portal-fixture.ts';

/** Every operation around users that needs a token: who may call it, and what else is sent. */
const ID = '5da0a718-c822-403d-9f5d-20d4584e0528';
const FOR_USERS: readonly (readonly [string, string, object | undefined])[] = [
  ['GET', '/v2/portal/user', undefined],
  ['PATCH', '/v2/portal/user', {}],
  ['DELETE', '/v2/portal/user', undefined],
  ['PUT', '/v2/portal/user/update/email', { email: 'a@b.example', password: 'x' }],
  ['POST', '/v3/portal/partner/invite', { email: 'a@b.example' }],
  ['GET', '/v3/portal/partner/list', undefined],
  ['POST', `/v3/portal/partner/${ID}/resend-invitation`, undefined],
  ['DELETE', `/v3/portal/partner/${ID}/revoke`, undefined],
  ['POST', `/v3/portal/partner/${ID}/disable`, undefined],
  ['POST', `/v3/portal/partner/${ID}/enable`, undefined],
];
const FOR_STAFF: readonly (readonly [string, string, object | undefined, number])[] = [
  ['GET', `/v2/portal/ecp/contact?id=${ID}`, undefined, 404],
  ['POST', `/v2/portal/user/resend/confirmation-email/${ID}`, undefined, 404],
  ['GET', `/v2/portal/users/by-related-entity?entity_id=${ID}&slug=contact`, undefined, 200],
  [
    'POST',
    '/v2/portal/recipients-to-notify',
    { emails: ['a@b.example'], template_id: ID, context_id: ID },
    200,
  ],
];

let portal: PortalFixture;
let user: string;

beforeAll(async () => {
  portal = await portalFixture();
  user = await portal.member('someone@post.example');
});

describe('who may call', () => {
  it.each(FOR_USERS)('%s %s: portal users of this portal only', async (method, path, body) => {
    const ask = (token?: string, query = '') =>
      portal.server.request(method, `${path}${query}`, { token, ...(body ? { body } : {}) });
    expect((await ask()).status).toBe(401);
    expect((await ask('nonsense')).status).toBe(401);
    expect((await ask(portal.admin)).status).toBe(401);
    expect((await ask(user, `?portal_id=${ID}`)).status).toBe(403);
  });

  it.each(FOR_STAFF)(
    '%s %s: staff and API tokens, of the own organisation',
    async (method, path, body, status) => {
      const ask = (token?: string) =>
        portal.server.request(method, path, { token, ...(body ? { body } : {}) });
      expect((await ask()).status).toBe(401);
      expect((await ask(user)).status).toBe(401);
      expect((await ask(portal.admin)).status).toBe(status);
    },
  );

  it('shows administrators nothing of another organisation', async () => {
    const other = await portalFixture();
    const contactId = await portal.createEntity('contact', { last_name: 'Harms' });
    const [own] = await portal.users('someone@post.example');
    const ask = (method: string, path: string) => portal.server.request(method, path, { token: other.admin });
    expect((await ask('GET', `/v2/portal/ecp/contact?id=${contactId}`)).status).toBe(404);
    const resend = `/v2/portal/user/resend/confirmation-email/${String(own?.['_id'])}`;
    expect((await ask('POST', resend)).status).toBe(404);
    const related = `/v2/portal/users/by-related-entity?entity_id=${contactId}&slug=contact`;
    expect((await ask('GET', related)).body).toEqual({ portalUsers: [] });
  });

  it('finds the users who reach an entity, and whom an automation may write to', async () => {
    const [own] = await portal.users('someone@post.example');
    const mapped = JSON.stringify(own?.['mapped_contact']);
    const contactId = /"entity_id":"([0-9a-f-]{36})"/.exec(mapped)?.[1] ?? '';
    const contract = await portal.createEntity('contract', {
      contract_number: 'V-1',
      customer: { $relation: [{ entity_id: contactId }] },
    });
    const foreign = await portal.createEntity('contract', { contract_number: 'V-2' });
    const related = (id: string) =>
      portal.server.request('GET', `/v2/portal/users/by-related-entity?entity_id=${id}&slug=contract`, {
        token: portal.admin,
      });
    expect((await related(contract)).body['portalUsers']).toMatchObject([{ _id: own?.['_id'] }]);
    expect((await related(foreign)).body['portalUsers']).toEqual([]);
    const recipients = (context_id: string) =>
      portal.server.request('POST', '/v2/portal/recipients-to-notify', {
        token: portal.admin,
        body: { emails: ['Someone@post.example', 'nobody@post.example'], template_id: ID, context_id },
      });
    expect((await recipients(contract)).body).toEqual({
      recipients: [{ email: 'someone@post.example', recipient_id: own?.['_id'] }],
      emails: ['someone@post.example'],
    });
    expect((await recipients(foreign)).body).toMatchObject({ recipients: [], emails: [] });
  });
});
