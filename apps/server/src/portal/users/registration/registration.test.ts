import { describe, expect, it } from 'vitest';
import { sql } from '../../../storage/index.ts';
import { portalFixture, signInWithPassword } from '../testing/portal-fixture.ts';

describe('registration', () => {
  it('creates contact and user, asks for confirmation, and lets nobody in before', async () => {
    const portal = await portalFixture();
    const email = 'wiebke@post.example';
    const answer = await portal.register({
      email: 'Wiebke@Post.example',
      first_name: 'Wiebke',
      last_name: 'Harms',
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { message: 'User created successfully', response: {} },
    });
    const [user] = await portal.users(email);
    expect(user).toMatchObject({
      portal_id: portal.portalId,
      registration_status: 'Confirmation Email Sent',
      mapping_status: 'Mapped',
    });
    await expect(signInWithPassword(portal, email)).rejects.toThrow('USER_NOT_CONFIRMED');

    const mail = await portal.mailTo(email);
    expect(mail.subject).toBe('Bitte bestätigen Sie Ihre E-Mail-Adresse');
    const { pathname, search } = new URL(mail.link);
    const confirmed = await portal.server.request('GET', `${pathname}${search}`);
    expect(confirmed.status).toBe(301);
    expect(confirmed.headers['location']).toMatch(new RegExp(`^https?://${portal.domain}/register/success$`));
    const again = await portal.server.request('GET', `${pathname}${search}&use_redirect=false`);
    expect(again.body).toEqual({ confirmed: true, user_already_confirmed: true });

    const token = await signInWithPassword(portal, email);
    const own = await portal.server.request('GET', '/v2/portal/user', { token });
    expect(own).toMatchObject({ status: 200, body: { data: { registration_status: 'Registered' } } });
    expect(own.body['data']?.['first_login']).toBe(own.body['data']?.['last_login']);
    expect(own.body['data']?.['first_login']).toBeTruthy();
    const opened = await portal.server.busbar.storage.database
      .tenant(portal.org)
      .query<{ subject: string }>(
        sql`select subject from portal_access_event where org_id = ${portal.org} and portal_user_id = ${String(user?.['_id'])}`,
      );
    expect(opened).toHaveLength(1);
    expect(opened[0]?.subject).toMatch(/^contact:/);
  });
});
