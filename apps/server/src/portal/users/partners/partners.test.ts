import { beforeAll, describe, expect, it } from 'vitest';
import {
  type PortalFixture,
  portalFixture,
  secondPortal,
  signInWithPassword,
} from '../testing/portal-fixture.ts';

let portal: PortalFixture;
let token: string;
let ownContact: string;

/** A member whose contact belongs to an account. */
async function member(
  fixture: PortalFixture,
  email: string,
  accountId: string,
): Promise<{ token: string; contactId: string }> {
  const contactId = await fixture.createEntity('contact', {
    first_name: 'Uwe',
    last_name: 'Brandt',
    email: [{ email }],
    account: { $relation: [{ entity_id: accountId }] },
  });
  return { token: await fixture.member(email, { contactId }), contactId };
}

beforeAll(async () => {
  portal = await portalFixture({ user_account_self_management: true });
  const account = await portal.createEntity('account', { name: 'Brandt GmbH' });
  ({ token, contactId: ownContact } = await member(portal, 'uwe@brandt.example', account));
});

const ask = (method: string, path: string, body?: object, as = token) =>
  portal.server.request(method, `/v3/portal/partner/${path}`, { token: as, ...(body ? { body } : {}) });
const list = async () => (await ask('GET', 'list')).body['data'] as unknown as Record<string, unknown>[];

describe('business partners', () => {
  it('are invited, register with the invited address, and are disabled at once', async () => {
    const email = 'gesine@brandt.example';
    const invited = await ask('POST', 'invite', { email, contact_data: { first_name: 'Gesine' } });
    expect(invited, JSON.stringify(invited.body)).toMatchObject({
      status: 200,
      body: { message: 'User invited successfully' },
    });
    const mail = await portal.mailTo(email);
    expect(mail.subject).toContain('Uwe Brandt lädt Sie ein');
    const partner = (await list()).find((one) => one['email'] === email);
    expect(partner).toMatchObject({
      has_portal_user: true,
      registration_status: 'Registration Pending',
      first_name: 'Gesine',
      access_status: true,
    });
    expect((await list()).map((one) => one['_id'])).not.toContain(ownContact);
    const id = String(partner?.['_id']);
    expect((await ask('POST', `${id}/resend-invitation`)).status).toBe(200);
    expect(await portal.mailsTo(email)).toBe(2);

    const invitation = new URL(mail.link);
    expect(invitation.pathname).toBe('/register');
    const partnerToken = await portal.member(email, { contactId: invitation.searchParams.get('contactId') });
    expect(await portal.users(email)).toHaveLength(1);
    expect((await ask('POST', `${id}/resend-invitation`)).status).toBe(400);
    expect((await ask('POST', 'invite', { email })).status).toBe(400);

    const own = () => portal.server.request('GET', '/v2/portal/user', { token: partnerToken });
    expect((await own()).status).toBe(200);
    for (let twice = 0; twice < 2; twice += 1) expect((await ask('POST', `${id}/disable`)).status).toBe(200);
    expect((await own()).status).toBe(401);
    await expect(signInWithPassword(portal, email)).rejects.toThrow('PORTAL_USER_DISABLED');
    expect((await ask('POST', `${id}/enable`)).status).toBe(200);
    await signInWithPassword(portal, email);

    expect((await ask('DELETE', `${id}/revoke`)).status).toBe(200);
    await expect(signInWithPassword(portal, email)).rejects.toThrow('invalid_grant');
    expect((await list()).map((one) => one['_id'])).not.toContain(id);
    expect((await portal.entity('contact', id)).status).toBe(200);
  });

  it('are people of the own account, never oneself, and never of another one', async () => {
    const foreign = await portal.createEntity('account', { name: 'Fremd AG' });
    const other = await member(portal, 'fremd@fremd.example', foreign);
    for (const [method, path] of [
      ['POST', 'disable'],
      ['POST', 'enable'],
      ['DELETE', 'revoke'],
      ['POST', 'resend-invitation'],
    ] as const) {
      expect((await ask(method, `${other.contactId}/${path}`)).status).toBe(404);
      expect((await ask(method, `${ownContact}/${path}`)).status).toBe(400);
      expect((await ask(method, `not-an-id/${path}`)).status).toBe(404);
    }
    const borrowed = { email: 'borrowed@brandt.example', represents_contact_list: [other.contactId] };
    expect((await ask('POST', 'invite', borrowed)).status).toBe(403);
  });

  it('are closed where the portal or the contact does not allow them', async () => {
    const closed = await secondPortal(portal);
    const without = await portal.member('allein@post.example');
    const elsewhere = await closed.member('allein@post.example');
    expect((await ask('GET', 'list', undefined, without)).status).toBe(403);
    expect((await ask('GET', 'list', undefined, elsewhere)).status).toBe(403);
  });
});
