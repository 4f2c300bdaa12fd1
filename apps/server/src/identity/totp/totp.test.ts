import { generateSync } from 'otplib';
import { describe, expect, it } from 'vitest';
import { addPortal, addPortalUser, type TestIdentity, testIdentity } from '../../testing/test-identity.ts';
import { newestMail, passwordGrant, postSignIn } from '../../testing/test-sign-in.ts';

const TOTP = 'urn:portal-server:grant:totp';

/** A user of a portal with a second factor, signed in, with an app that has been confirmed. */
async function userWithApp() {
  const setup = await testIdentity();
  const { portalId } = await addPortal(setup, { config: { advanced_mfa: { enabled: true } } });
  const user = await addPortalUser(setup, portalId);
  const signedIn = await setup.identity.issuePortalToken(portalId, user.portalUserId);
  const post = (path: string, form: Record<string, string>) =>
    postSignIn(setup, portalId, path, form, signedIn.access_token);
  const { body } = await post('/totp/setup', {});
  const secret = String(body['secret']);
  expect(body['uri']).toMatch(/^otpauth:\/\/totp\//);
  expect((await post('/totp/confirm', { code: '000000' })).status).toBe(400);
  expect((await post('/totp/confirm', { code: codeOf(setup, secret) })).status).toBe(200);
  return { setup, portalId, user, secret, post };
}

function codeOf(setup: TestIdentity, secret: string, seconds = 0): string {
  const epoch = Math.floor(setup.clock.now().getTime() / 1000) + seconds;
  return generateSync({ strategy: 'totp', secret, epoch });
}

describe('an authenticator app as the second factor', () => {
  it('is asked for after the password, and each code counts once', async () => {
    const { setup, portalId, user, secret } = await userWithApp();
    const begin = async () => (await passwordGrant(setup, portalId, user.email, user.password)).body;
    const first = await begin();
    expect(first).toMatchObject({ error: 'mfa_required', method: 'totp' });
    const prove = (challenge_id: string | undefined, code: string) =>
      postSignIn(setup, portalId, '/oauth2/token', {
        grant_type: TOTP,
        challenge_id: challenge_id ?? '',
        code,
      });
    // The code that confirmed the app is spent.
    expect((await prove(first['challenge_id'], codeOf(setup, secret))).status).toBe(400);
    setup.clock.advance(30_000);
    const code = codeOf(setup, secret);
    expect((await prove(first['challenge_id'], code)).status).toBe(200);
    expect((await prove((await begin())['challenge_id'], code)).status).toBe(400);
    setup.clock.advance(60_000);
    expect((await prove((await begin())['challenge_id'], codeOf(setup, secret, -120))).status).toBe(400);
    expect((await prove((await begin())['challenge_id'], codeOf(setup, secret, 30))).status).toBe(200);
  });

  it('cannot be guessed: five tries per password', async () => {
    const { setup, portalId, user, secret } = await userWithApp();
    setup.clock.advance(30_000);
    const { body } = await passwordGrant(setup, portalId, user.email, user.password);
    const prove = (code: string) =>
      postSignIn(setup, portalId, '/oauth2/token', {
        grant_type: TOTP,
        challenge_id: body['challenge_id'] ?? '',
        code,
      });
    const wrong = codeOf(setup, secret) === '000000' ? '000001' : '000000';
    for (let guess = 0; guess < 5; guess += 1) expect((await prove(wrong)).status).toBe(400);
    expect((await prove(codeOf(setup, secret))).status).toBe(400);
  });

  it('gives way to a code by mail when the app is lost, and to nothing without the password', async () => {
    const { setup, portalId, user, post } = await userWithApp();
    const { body } = await passwordGrant(setup, portalId, user.email, user.password);
    const mailed = await postSignIn(setup, portalId, '/challenges', {
      challenge_id: body['challenge_id'] ?? '',
    });
    const { code } = await newestMail(setup);
    const grant_type = 'urn:portal-server:grant:email-code';
    const form = { grant_type, challenge_id: mailed.body['challenge_id'] ?? '', code };
    expect((await postSignIn(setup, portalId, '/oauth2/token', form)).status).toBe(200);
    expect((await post('/totp/remove', { password: 'wrong' })).status).toBe(400);
    expect((await post('/totp/remove', { password: user.password })).status).toBe(200);
    expect((await passwordGrant(setup, portalId, user.email, user.password)).body['method']).toBe('email');
  });
});

describe('a stolen mailbox', () => {
  it('does not stand in for the app while it has supplied the password, and takes nothing away', async () => {
    const { setup, portalId, user, secret } = await userWithApp();
    const forgot = await postSignIn(setup, portalId, '/password/forgot', { email: user.email });
    const stolen = (await newestMail(setup)).code;
    const form = {
      challenge_id: forgot.body['challenge_id'] ?? '',
      code: stolen,
      password: 'Th1ef-was-here',
    };
    expect((await postSignIn(setup, portalId, '/password/reset', form)).status).toBe(200);
    const begin = async () => (await passwordGrant(setup, portalId, user.email, 'Th1ef-was-here')).body;
    const asked = { challenge_id: (await begin())['challenge_id'] ?? '' };
    const refused = await postSignIn(setup, portalId, '/challenges', asked);
    expect(refused).toMatchObject({ status: 403, body: { reason: 'APP_REQUIRED' } });

    // The owner, who has the app, gets in; removing it takes a code as well.
    setup.clock.advance(30_000);
    const proof = { grant_type: TOTP, challenge_id: asked.challenge_id, code: codeOf(setup, secret) };
    const { status, body } = await postSignIn(setup, portalId, '/oauth2/token', proof);
    expect(status).toBe(200);
    const remove = (fields: Record<string, string>) =>
      postSignIn(
        setup,
        portalId,
        '/totp/remove',
        { password: 'Th1ef-was-here', ...fields },
        body['id_token'],
      );
    expect((await remove({})).status).toBe(400);
    expect((await remove({ code: '000000' })).body['reason']).toBe('invalid_token');

    // A week later the mailbox is the way round again for whoever has lost the app.
    setup.clock.advance(7 * 24 * 3_600_000);
    const later = { challenge_id: (await begin())['challenge_id'] ?? '' };
    expect((await postSignIn(setup, portalId, '/challenges', later)).status).toBe(202);
  });

  it('is told when the app is removed, and a session alone does not exchange it', async () => {
    const { setup, user, post } = await userWithApp();
    expect(await post('/totp/setup', {})).toMatchObject({ status: 409, body: { code: 'APP_EXISTS' } });
    expect((await post('/totp/remove', { password: user.password })).status).toBe(200);
    await setup.identity.idle();
    const [mail] = await setup.outbox.list(1);
    expect(mail).toMatchObject({ subject: 'Authenticator-App entfernt', to: [{ address: user.email }] });
    expect((await post('/totp/setup', {})).status).toBe(200);
  });
});
