import { describe, expect, it } from 'vitest';
import { customerWithGrants } from '../../entities/testing/customer-with-grants.ts';
import { portalFixture, secondPortal, signInWithPassword } from '../testing/portal-fixture.ts';

describe('the own account', () => {
  it('moves to a new address with the password, by a mail to the new one', async () => {
    const portal = await portalFixture();
    const { server } = portal;
    const token = await portal.member('old@post.example');
    const change = (body: object) => server.request('PUT', '/v2/portal/user/update/email', { token, body });
    expect((await change({ email: 'new@post.example', password: 'wrong' })).body['reason']).toBe(
      'INVALID_PASSWORD_CONFIRMATION',
    );
    expect((await change({ email: 'not an address', password: portal.password })).status).toBe(400);
    const wish = await change({ email: 'New@post.example', password: portal.password });
    expect(wish.body['message']).toBe(
      'You will receive a confirmation mail soon on your updated email address.',
    );
    // The old address works until the new one is proved; an administrator may have the mail sent again.
    await signInWithPassword(portal, 'old@post.example');
    const [user] = await portal.users('old@post.example');
    const first = await portal.mailTo('new@post.example');
    const resend = `/v2/portal/user/resend/confirmation-email/${String(user?.['_id'])}`;
    expect((await server.request('POST', resend, { token: portal.admin })).status).toBe(200);
    const { link } = await portal.mailTo('new@post.example');
    expect(link).toContain(`${portal.domain}/new-email?token=`);
    const finish = (url: string) =>
      portal.signIn('/email-change/complete', {
        token: new URL(url).searchParams.get('token') ?? '',
        password: portal.password,
      });
    expect((await finish(first.link)).status).toBe(400);
    expect((await finish(link)).status).toBe(200);
    expect((await server.request('GET', '/v2/portal/user', { token })).status).toBe(401);
    await expect(signInWithPassword(portal, 'old@post.example')).rejects.toThrow('invalid_grant');
    const next = await signInWithPassword(portal, 'new@post.example');
    const own = await server.request('GET', '/v2/portal/user', { token: next });
    expect(own.body['data']).toMatchObject({ registration_status: 'Registered' });
  });

  it('keeps what only the server writes, whatever is sent', async () => {
    const portal = await portalFixture();
    const token = await portal.member('fixed@post.example');
    const body = {
      email: [{ email: 'x@y.zz' }],
      access_status: false,
      mapping_status: 'Pending',
      represents: null,
      _tags: ['x'],
    };
    const answer = await portal.server.request('PATCH', '/v2/portal/user', { token, body });
    expect(answer.status).toBe(200);
    const [user] = await portal.users('fixed@post.example');
    expect(user).toMatchObject({ mapping_status: 'Mapped' });
    expect(user?.['access_status']).toBeUndefined();
  });

  it('takes values of the right type only', async () => {
    const me = await customerWithGrants({}, [
      ['entity:edit', 'portal_user:*'],
      ['entity:attribute:*', 'portal_user:*'],
    ]);
    const patch = (body: object) => me.ask('PATCH', '/v2/portal/user', body);
    expect((await patch({ secondary_identifier: 'K-1' })).body['data']).toMatchObject({
      secondary_identifier: 'K-1',
    });
    for (const wrong of [7, { a: 1 }, ['x']]) {
      const refused = await patch({ secondary_identifier: wrong });
      expect(refused.status).toBe(400);
      expect(refused.body['errors']?.[0]?.['path']).toBe('body.secondary_identifier');
    }
    expect((await me.ask('GET', '/v2/portal/user')).body['data']?.['secondary_identifier']).toBe('K-1');
  });

  it('is held to the edit rules of the portal, and parks what needs approval', async () => {
    const rule = { slug: 'portal_user', attribute: 'secondary_identifier', rule_type: 'cadence' };
    const grants = [
      ['entity:edit', 'portal_user:*'],
      ['entity:attribute:*', 'portal_user:*'],
    ] as const;
    const ruled = await customerWithGrants({ entity_edit_rules: [rule] }, grants);
    const patch = (secondary_identifier: string) =>
      ruled.ask('PATCH', '/v2/portal/user', { secondary_identifier });
    expect((await patch('K-1')).status).toBe(200);
    ruled.server.clock.advance(1000);
    expect(await patch('K-2')).toMatchObject({
      status: 403,
      body: { reason: 'ENTITY_EDIT_RULE', failed_rule: rule },
    });
    const approval_state_attributes = { portal_user: ['secondary_identifier'] };
    const parked = await customerWithGrants({ approval_state_attributes }, grants);
    const answer = await parked.ask('PATCH', '/v2/portal/user', { secondary_identifier: 'K-3' });
    expect(answer.body['data']).toMatchObject({
      _changesets: { secondary_identifier: { proposed_value: 'K-3', edit_mode: 'approval' } },
    });
    expect(answer.body['data']).not.toHaveProperty('secondary_identifier');
  });

  it('is deleted with its sessions, and the address can be registered anew', async () => {
    const portal = await portalFixture();
    const token = await portal.member('gone@post.example');
    const [before] = await portal.users('gone@post.example');
    const answer = await portal.server.request('DELETE', '/v2/portal/user', { token });
    expect(answer.body).toEqual({ message: 'User Succesfully Deleted', data: before?.['_id'] });
    expect((await portal.server.request('GET', '/v2/portal/user', { token })).status).toBe(401);
    await expect(signInWithPassword(portal, 'gone@post.example')).rejects.toThrow('invalid_grant');
    const entry = `/v2/portal/public/user/entry-point?email=gone@post.example&domain=${portal.domain}`;
    expect((await portal.server.request('GET', entry)).body).toMatchObject({
      user_exists: false,
      is_soft_deleted: true,
    });
    await portal.member('gone@post.example');
    const [after] = await portal.users('gone@post.example');
    expect(after?.['_id']).not.toBe(before?.['_id']);
  });

  it('stays as it is while an administrator acts as its owner', async () => {
    const portal = await portalFixture();
    await portal.member('owner@post.example');
    const ticket = await portal.server.request('POST', '/v2/portal/admin:login-as-user', {
      token: portal.admin,
      body: { portal_id: portal.portalId, email: 'owner@post.example' },
    });
    const tokens = await portal.signIn('/oauth2/token', {
      grant_type: 'urn:portal-server:grant:login-as',
      token: String(ticket.body['login_as_token']),
      email: 'owner@post.example',
    });
    const token = String(tokens.body['id_token']);
    expect((await portal.server.request('GET', '/v2/portal/user', { token })).status).toBe(200);
    expect((await portal.server.request('DELETE', '/v2/portal/user', { token })).status).toBe(403);
    const body = { email: 'thief@post.example', password: portal.password };
    expect((await portal.server.request('PUT', '/v2/portal/user/update/email', { token, body })).status).toBe(
      403,
    );
  });

  it('waits for an administrator where no contact may be created, who is told and maps it', async () => {
    const portal = await portalFixture({
      self_registration_setting: 'ALLOW_WITHOUT_CONTACT_CREATION',
      default_user_to_notify: { onPendingUser: [{ id: '1', email: 'service@stadtwerk.example' }] },
    });
    const token = await portal.member('pending@post.example');
    expect((await portal.mailTo('service@stadtwerk.example')).text).toContain('pending@post.example');
    const contact = () => portal.server.request('GET', '/v2/portal/contact', { token });
    expect((await contact()).body['reason']).toBe('PORTAL_USER_PENDING_ACTIVATION');
    expect((await portal.server.request('GET', '/v2/portal/user', { token })).status).toBe(200);
    const contactId = await portal.createEntity('contact', { last_name: 'Harms' });
    const [user] = await portal.users('pending@post.example');
    const mapped = { mapped_contact: { $relation: [{ entity_id: contactId }] } };
    await portal.server.request('PATCH', `/v1/entity/portal_user/${String(user?.['_id'])}`, {
      token: portal.admin,
      body: mapped,
    });
    expect((await portal.mailTo('pending@post.example')).subject).toBe('Ihr Konto ist freigeschaltet');
    expect((await contact()).status).toBe(200);
  });

  it('is independent in every portal', async () => {
    const portal = await portalFixture();
    const other = await secondPortal(portal);
    await portal.member('same@post.example');
    await expect(signInWithPassword(other, 'same@post.example')).rejects.toThrow('invalid_grant');
    await other.member('same@post.example');
    expect(await portal.users('same@post.example')).toHaveLength(2);
  });
});
