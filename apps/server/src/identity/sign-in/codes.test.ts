import { describe, expect, it } from 'vitest';
import { addPortal, addPortalUser, testIdentity } from '../../testing/test-identity.ts';
import { newestMail, passwordGrant, postSignIn } from '../../testing/test-sign-in.ts';

describe('codes and links', () => {
  const passwordless = { config: { auth_settings: { passwordless_login: { enabled: true } } } };
  const secondFactor = { config: { advanced_mfa: { enabled: true } } };
  const EMAIL_CODE = 'urn:portal-server:grant:email-code';
  const MAGIC_LINK = 'urn:portal-server:grant:magic-link';

  it('signs in by code instead of a password, once', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const user = await addPortalUser(setup, portalId);
    expect((await passwordGrant(setup, portalId, user.email, user.password)).body['error']).toBe(
      'unauthorized_client',
    );
    const started = await postSignIn(setup, portalId, '/challenges', { username: user.email });
    expect(started).toMatchObject({ status: 202, body: { expires_in: 600 } });
    const { to, code } = await newestMail(setup);
    expect(to).toBe(user.email);
    const fields = { grant_type: EMAIL_CODE, challenge_id: started.body['challenge_id'] ?? '', code };
    expect((await postSignIn(setup, portalId, '/oauth2/token', fields)).status).toBe(200);
    expect((await postSignIn(setup, portalId, '/oauth2/token', fields)).body['error']).toBe('invalid_grant');
  });

  it('signs in by the link of the same mail, within 15 minutes', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const user = await addPortalUser(setup, portalId);
    await postSignIn(setup, portalId, '/challenges', { username: user.email });
    const late = await newestMail(setup);
    setup.clock.advance(15 * 60_000 + 1);
    const use = (token: string) =>
      postSignIn(setup, portalId, '/oauth2/token', { grant_type: MAGIC_LINK, token });
    expect((await use(late.link)).body['error']).toBe('invalid_grant');
    await postSignIn(setup, portalId, '/challenges', { username: user.email });
    expect((await use((await newestMail(setup)).link)).status).toBe(200);
  });

  it('stops guessing after five tries, even for the right code', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const user = await addPortalUser(setup, portalId);
    const started = await postSignIn(setup, portalId, '/challenges', { username: user.email });
    const { code } = await newestMail(setup);
    const guess = (value: string) =>
      postSignIn(setup, portalId, '/oauth2/token', {
        grant_type: EMAIL_CODE,
        challenge_id: started.body['challenge_id'] ?? '',
        code: value,
      });
    const wrong = code === '000000' ? '000001' : '000000';
    await Promise.all(Array.from({ length: 5 }, () => guess(wrong)));
    expect((await guess(code)).body['error']).toBe('invalid_grant');
  });

  it('answers unknown addresses the same and mails nobody', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const answer = await postSignIn(setup, portalId, '/challenges', { username: 'nobody@example.org' });
    expect(answer).toMatchObject({ status: 202, body: { expires_in: 600 } });
    expect(Object.keys(answer.body)).toEqual(['challenge_id', 'expires_in']);
    await setup.identity.idle();
    expect(await setup.outbox.list()).toEqual([]);
    const guess = { grant_type: EMAIL_CODE, challenge_id: answer.body['challenge_id'] ?? '', code: '000000' };
    expect((await postSignIn(setup, portalId, '/oauth2/token', guess)).body['error']).toBe('invalid_grant');
  });

  it('limits how many codes an address can be sent, known or not', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const statuses = [];
    for (let wish = 0; wish < 6; wish += 1) {
      statuses.push(
        (await postSignIn(setup, portalId, '/challenges', { username: 'nobody@example.org' })).status,
      );
    }
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
  });

  it('asks for a second factor after the password, and sends it again', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, secondFactor);
    const user = await addPortalUser(setup, portalId);
    const first = await passwordGrant(setup, portalId, user.email, user.password);
    expect(first).toMatchObject({ status: 403, body: { error: 'mfa_required' } });
    await newestMail(setup);
    const again = await postSignIn(setup, portalId, '/challenges', {
      challenge_id: first.body['challenge_id'] ?? '',
    });
    const { code } = await newestMail(setup);
    const fields = { grant_type: EMAIL_CODE, challenge_id: again.body['challenge_id'] ?? '', code };
    expect((await postSignIn(setup, portalId, '/oauth2/token', fields)).status).toBe(200);
  });

  it('starts no second factor without the password', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, secondFactor);
    const user = await addPortalUser(setup, portalId);
    expect((await postSignIn(setup, portalId, '/challenges', { username: user.email })).status).toBe(400);
  });

  it('takes no proof of one purpose for another', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const user = await addPortalUser(setup, portalId);
    const forgot = await postSignIn(setup, portalId, '/password/forgot', { email: user.email });
    const reset = await newestMail(setup);
    const byCode = {
      grant_type: EMAIL_CODE,
      challenge_id: forgot.body['challenge_id'] ?? '',
      code: reset.code,
    };
    expect((await postSignIn(setup, portalId, '/oauth2/token', byCode)).body['error']).toBe('invalid_grant');
    for (const grant of [MAGIC_LINK, 'urn:portal-server:grant:sso', 'urn:portal-server:grant:login-as']) {
      const fields = { grant_type: grant, token: reset.link, email: user.email };
      expect((await postSignIn(setup, portalId, '/oauth2/token', fields)).body['error']).toBe(
        'invalid_grant',
      );
    }
  });

  it('reaches users an integration made, who have no credential yet', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const user = await addPortalUser(setup, portalId, {}, { withCredential: false });
    const started = await postSignIn(setup, portalId, '/challenges', { email: user.email });
    const { code } = await newestMail(setup);
    const fields = { grant_type: EMAIL_CODE, challenge_id: started.body['challenge_id'] ?? '', code };
    expect((await postSignIn(setup, portalId, '/oauth2/token', fields)).status).toBe(200);
  });

  it('gives such users one credential, however many ask at once', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const user = await addPortalUser(setup, portalId, {}, { withCredential: false });
    const ask = () => postSignIn(setup, portalId, '/challenges', { email: user.email });
    const answers = await Promise.all([ask(), ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    await setup.identity.idle();
    expect(await setup.outbox.list()).toHaveLength(4);
  });
});
