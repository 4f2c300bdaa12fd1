import { describe, expect, it } from 'vitest';
import {
  addPortal,
  addPortalUser,
  patchStoredEntity,
  type TestIdentity,
  testIdentity,
} from '../../testing/test-identity.ts';
import { newestMail, passwordGrant, postSignIn } from '../../testing/test-sign-in.ts';
import { readSignInSettings } from '../portals/sign-in-settings.ts';

describe('refresh tokens', () => {
  const refresh = (setup: TestIdentity, portalId: string, token: string) =>
    postSignIn(setup, portalId, '/oauth2/token', { grant_type: 'refresh_token', refresh_token: token });

  it('rotate, and end the session when an old one comes back', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const first = await passwordGrant(setup, portalId, user.email, user.password);
    const second = await refresh(setup, portalId, first.body['refresh_token'] ?? '');
    expect(second.status).toBe(200);
    expect((await refresh(setup, portalId, first.body['refresh_token'] ?? '')).body['error']).toBe(
      'invalid_grant',
    );
    expect((await refresh(setup, portalId, second.body['refresh_token'] ?? '')).body['error']).toBe(
      'invalid_grant',
    );
    const userinfo = await setup.app.inject({
      url: `/idp/portals/${portalId}/oauth2/userinfo`,
      headers: { authorization: `Bearer ${second.body['id_token']}` },
    });
    expect(userinfo.statusCode).toBe(401);
  });

  it('of two exchanges at once at most one succeeds', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const { body } = await passwordGrant(setup, portalId, user.email, user.password);
    const token = body['refresh_token'] ?? '';
    const statuses = await Promise.all([refresh(setup, portalId, token), refresh(setup, portalId, token)]);
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('do not work in another portal, after their time, or for disabled users', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, {
      config: { cognito_details: { timeouts: { refresh_token: 60 } } },
    });
    const other = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const sign = async () =>
      (await passwordGrant(setup, portalId, user.email, user.password)).body['refresh_token'] ?? '';
    expect((await refresh(setup, other.portalId, await sign())).status).toBe(400);
    const late = await sign();
    setup.clock.advance(60 * 60_000 + 1);
    expect((await refresh(setup, portalId, late)).status).toBe(400);
    const open = await sign();
    await patchStoredEntity(setup, user.portalUserId, { access_status: false });
    expect((await refresh(setup, portalId, open)).status).toBe(400);
  });
});

describe('passwords', () => {
  it('are reset with the mailed code; sessions end, and the old one is gone', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const session = await passwordGrant(setup, portalId, user.email, user.password);
    const forgot = await postSignIn(setup, portalId, '/password/forgot', { email: user.email });
    const { code } = await newestMail(setup);
    const reset = (password: string) =>
      postSignIn(setup, portalId, '/password/reset', {
        challenge_id: forgot.body['challenge_id'] ?? '',
        code,
        password,
      });
    expect((await reset('weak')).body).toMatchObject({ reason: 'INVALID_PASSWORD' });
    expect((await reset('N3w-password')).status).toBe(200);
    expect((await reset('N3w-password')).body['reason']).toBe('invalid_token');
    expect((await passwordGrant(setup, portalId, user.email, user.password)).status).toBe(400);
    expect((await passwordGrant(setup, portalId, user.email, 'N3w-password')).status).toBe(200);
    const refreshed = await postSignIn(setup, portalId, '/oauth2/token', {
      grant_type: 'refresh_token',
      refresh_token: session.body['refresh_token'] ?? '',
    });
    expect(refreshed.status).toBe(400);
  });

  it('are not reset without a proof, or with one of somebody else', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const [mine, theirs] = [await addPortalUser(setup, portalId), await addPortalUser(setup, portalId)];
    const victim = await postSignIn(setup, portalId, '/password/forgot', { email: theirs.email });
    await newestMail(setup);
    await postSignIn(setup, portalId, '/password/forgot', { email: mine.email });
    const { code } = await newestMail(setup);
    const fields = { challenge_id: victim.body['challenge_id'] ?? '', code, password: 'N3w-password' };
    expect((await postSignIn(setup, portalId, '/password/reset', fields)).body['reason']).toBe(
      'invalid_token',
    );
    expect((await postSignIn(setup, portalId, '/password/reset', { password: 'N3w-password' })).status).toBe(
      400,
    );
    expect((await passwordGrant(setup, portalId, theirs.email, theirs.password)).status).toBe(200);
  });

  it('answer the same for unknown addresses', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const answer = await postSignIn(setup, portalId, '/password/forgot', { email: 'nobody@example.org' });
    expect(answer.status).toBe(202);
    expect(Object.keys(answer.body)).toEqual(['challenge_id', 'expires_in']);
  });

  it('are changed by their owner, keep that session and refuse former ones', async () => {
    const setup = await testIdentity();
    const policy = { cognito_details: { password_policy: { password_history_size: 2 } } };
    const { portalId } = await addPortal(setup, { config: policy });
    const user = await addPortalUser(setup, portalId);
    const { body } = await passwordGrant(setup, portalId, user.email, user.password);
    const change = (old: string, next: string) =>
      postSignIn(
        setup,
        portalId,
        '/password/change',
        { old_password: old, new_password: next },
        body['id_token'],
      );
    expect((await change('wrong', 'N3w-password')).body['reason']).toBe('INVALID_PASSWORD_CONFIRMATION');
    expect((await change(user.password, user.password)).body['reason']).toBe('INVALID_PASSWORD');
    expect((await change(user.password, 'N3w-password')).status).toBe(200);
    expect((await change('N3w-password', user.password)).body['reason']).toBe('INVALID_PASSWORD');
    expect((await change('N3w-password', 'N3xt-password')).status).toBe(200);
  });

  it('end with a new address: token and password together', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const other = await addPortalUser(setup, portalId);
    const issue = (email: string) =>
      setup.identity.accounts.issueEmailChange(setup.database.tenant(setup.org), user.portalUserId, email);
    const complete = (token: string) =>
      postSignIn(setup, portalId, '/email-change/complete', { token, password: 'N3w-password' });
    const replaced = await issue('first@example.org');
    const taken = await issue(other.email);
    expect((await complete(replaced)).body['reason']).toBe('invalid_token');
    expect((await complete(taken)).body['reason']).toBe('EMAIL_TAKEN');
    expect((await passwordGrant(setup, portalId, user.email, user.password)).status).toBe(200);
    expect((await complete(await issue('New@Example.org'))).status).toBe(200);
    expect((await passwordGrant(setup, portalId, user.email, 'N3w-password')).status).toBe(400);
    expect((await passwordGrant(setup, portalId, 'new@example.org', 'N3w-password')).status).toBe(200);
  });
});

describe('confirmation', () => {
  it('is mailed again, works once, and recognises a used link', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId, { registration_status: 'Confirmation Email Sent' });
    const known = await postSignIn(setup, portalId, '/confirmation/resend', { email: user.email });
    const unknown = await postSignIn(setup, portalId, '/confirmation/resend', {
      email: 'nobody@example.org',
    });
    expect(known.body).toEqual(unknown.body);
    await setup.identity.idle();
    const [mail] = await setup.outbox.list();
    const token = /confirmation_link_token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    const { accounts } = setup.identity;
    const found = await accounts.findConfirmation(token);
    expect(found).toEqual({
      org: setup.org,
      portalId,
      portalUserId: user.portalUserId,
      alreadyConfirmed: false,
    });
    const confirm = () =>
      setup.database.tenant(setup.org).transaction((tx) => accounts.confirmAccount(tx, portalId, token));
    expect(await confirm()).toBe(true);
    expect(await confirm()).toBe(false);
    expect(await accounts.findConfirmation(token)).toMatchObject({ alreadyConfirmed: true });
    expect(await accounts.findConfirmation('made-up')).toBeUndefined();
  });
});

describe('registering again', () => {
  it('completes a credential without a password, and never replaces a password', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const [registered, invited] = [
      await addPortalUser(setup, portalId),
      await addPortalUser(setup, portalId, {}, { withCredential: false }),
    ];
    const { passwordPolicy } = readSignInSettings(portalId, {});
    const password = await setup.identity.accounts.hashPassword(
      { org: setup.org, portalId },
      'Intrud3r!',
      passwordPolicy,
    );
    const register = (portalUserId: string, email: string) =>
      setup.database.tenant(setup.org).transaction((tx) =>
        setup.identity.accounts.createPortalAccount(tx, {
          portalId,
          portalUserId,
          email,
          password,
          emailVerified: false,
        }),
      );
    await register(registered.portalUserId, registered.email);
    expect((await passwordGrant(setup, portalId, registered.email, 'Intrud3r!')).status).toBe(400);
    await expect(register(invited.portalUserId, registered.email)).rejects.toMatchObject({
      code: 'EMAIL_TAKEN',
    });
    await register(invited.portalUserId, invited.email);
    expect((await passwordGrant(setup, portalId, invited.email, 'Intrud3r!')).status).toBe(200);
  });
});
