import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  addPortal,
  addPortalUser,
  patchStoredEntity,
  TEST_BASE_URL,
  type TestIdentity,
  testIdentity,
} from '../../testing/test-identity.ts';

async function post(
  setup: TestIdentity,
  portalId: string,
  path: string,
  body: Record<string, string>,
  token?: string,
) {
  const answer = await setup.app.inject({
    method: 'POST',
    url: `/idp/portals/${portalId}${path}`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    payload: new URLSearchParams(body).toString(),
  });
  return { status: answer.statusCode, body: answer.json<Record<string, string>>(), headers: answer.headers };
}

function passwordGrant(setup: TestIdentity, portalId: string, username: string, password: string) {
  const fields = { grant_type: 'password', username, password, client_id: portalId };
  return post(setup, portalId, '/oauth2/token', fields);
}

/** Code and link token of the newest mail. */
async function newestMail(setup: TestIdentity) {
  await setup.identity.idle();
  const [mail] = await setup.outbox.list(1);
  return {
    to: mail?.to[0]?.address,
    code: /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '',
    link: /[?&]token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '',
  };
}

describe('signing in with a password', () => {
  it('answers tokens with the documented claims', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const { status, body, headers } = await passwordGrant(
      setup,
      portalId,
      user.email.toUpperCase(),
      user.password,
    );
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    const claims = decodeJwt(body['id_token'] ?? '');
    expect(claims).toMatchObject({
      iss: `${TEST_BASE_URL}/idp/portals/${portalId}`,
      aud: portalId,
      token_use: 'id',
      email: user.email,
      email_verified: true,
      'cognito:username': user.email,
      'custom:org_id': setup.org,
      'custom:origin': 'END_CUSTOMER_PORTAL',
      'custom:portal_user_id': user.portalUserId,
      'custom:contact_entity_id': user.contactId,
    });
    expect(decodeJwt(body['access_token'] ?? '')).toMatchObject({ token_use: 'access', client_id: portalId });
  });

  it('answers wrong passwords, unknown addresses and locked accounts alike', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const unknown = 'nobody@example.org';
    const answers = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      answers.push(await passwordGrant(setup, portalId, user.email, 'wrong'));
      answers.push(await passwordGrant(setup, portalId, unknown, 'wrong'));
    }
    answers.push(await passwordGrant(setup, portalId, user.email, user.password));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body])))).toEqual(
      new Set([
        JSON.stringify([400, { error: 'invalid_grant', error_description: 'The credentials are not valid' }]),
      ]),
    );
  });

  it('locks after five failures, for 15 minutes, then twice as long', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const fail = async (times: number) => {
      for (let attempt = 0; attempt < times; attempt += 1)
        await passwordGrant(setup, portalId, user.email, 'wrong');
    };
    const signsIn = async () =>
      (await passwordGrant(setup, portalId, user.email, user.password)).status === 200;
    await fail(5);
    expect(await signsIn()).toBe(false);
    setup.clock.advance(15 * 60_000 + 1);
    await fail(5);
    setup.clock.advance(15 * 60_000 + 1);
    expect(await signsIn()).toBe(false);
    setup.clock.advance(15 * 60_000 + 1);
    expect(await signsIn()).toBe(true);
  });

  it('lets no burst of parallel guesses past the lock', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        passwordGrant(setup, portalId, user.email, at === 11 ? user.password : 'no'),
      ),
    );
    expect(guesses.at(-1)?.status).toBe(400);
  });

  it('limits failures by IP with 429 and Retry-After, and counts no successes', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    expect((await passwordGrant(setup, portalId, user.email, user.password)).status).toBe(200);
    for (let attempt = 0; attempt < 50; attempt += 1) {
      expect((await passwordGrant(setup, portalId, `a${attempt}@example.org`, 'x')).status).toBe(400);
    }
    const refused = await passwordGrant(setup, portalId, user.email, user.password);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBe(900);
  });

  it('tells about a missing confirmation and a closed account only after the right password', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const waiting = await addPortalUser(setup, portalId, { registration_status: 'Confirmation Email Sent' });
    const disabled = await addPortalUser(setup, portalId, { access_status: false });
    const expired = await addPortalUser(setup, portalId, { expires_at: '2027-03-09' });
    const lastDay = await addPortalUser(setup, portalId, { expires_at: '2027-03-10' });
    const reason = async (email: string, password: string) =>
      (await passwordGrant(setup, portalId, email, password)).body['reason'];
    expect(await reason(waiting.email, 'wrong')).toBeUndefined();
    expect(await reason(waiting.email, waiting.password)).toBe('USER_NOT_CONFIRMED');
    expect(await reason(disabled.email, disabled.password)).toBe('PORTAL_USER_DISABLED');
    expect(await reason(expired.email, expired.password)).toBe('PORTAL_USER_DISABLED');
    expect((await passwordGrant(setup, portalId, lastDay.email, lastDay.password)).status).toBe(200);
  });

  it('keeps portals apart: the same address elsewhere is another account', async () => {
    const setup = await testIdentity();
    const [first, second] = [await addPortal(setup), await addPortal(setup)];
    const user = await addPortalUser(setup, first.portalId);
    expect((await passwordGrant(setup, second.portalId, user.email, user.password)).body['error']).toBe(
      'invalid_grant',
    );
  });

  it('refuses unknown portals, closed portals, foreign clients, unknown grants and missing fields', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const closed = await addPortal(setup, { enabled: false });
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect((await passwordGrant(setup, nowhere, 'a@b', 'x')).status).toBe(404);
    expect(await passwordGrant(setup, closed.portalId, 'a@b', 'x')).toMatchObject({
      status: 401,
      body: { reason: 'PORTAL_DISABLED' },
    });
    const token = (fields: Record<string, string>) => post(setup, portalId, '/oauth2/token', fields);
    expect((await token({ grant_type: 'password', client_id: 'other' })).body['error']).toBe(
      'invalid_client',
    );
    expect((await token({ grant_type: 'client_credentials' })).body['error']).toBe('unsupported_grant_type');
    expect((await token({})).body['error']).toBe('invalid_request');
    expect((await token({ grant_type: 'password', username: 'a@b' })).body['error']).toBe('invalid_request');
  });
});

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
    const started = await post(setup, portalId, '/challenges', { username: user.email });
    expect(started).toMatchObject({ status: 202, body: { expires_in: 600 } });
    const { to, code } = await newestMail(setup);
    expect(to).toBe(user.email);
    const fields = { grant_type: EMAIL_CODE, challenge_id: started.body['challenge_id'] ?? '', code };
    expect((await post(setup, portalId, '/oauth2/token', fields)).status).toBe(200);
    expect((await post(setup, portalId, '/oauth2/token', fields)).body['error']).toBe('invalid_grant');
  });

  it('signs in by the link of the same mail, within 15 minutes', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const user = await addPortalUser(setup, portalId);
    await post(setup, portalId, '/challenges', { username: user.email });
    const late = await newestMail(setup);
    setup.clock.advance(15 * 60_000 + 1);
    const use = (token: string) => post(setup, portalId, '/oauth2/token', { grant_type: MAGIC_LINK, token });
    expect((await use(late.link)).body['error']).toBe('invalid_grant');
    await post(setup, portalId, '/challenges', { username: user.email });
    expect((await use((await newestMail(setup)).link)).status).toBe(200);
  });

  it('stops guessing after five tries, even for the right code', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const user = await addPortalUser(setup, portalId);
    const started = await post(setup, portalId, '/challenges', { username: user.email });
    const { code } = await newestMail(setup);
    const guess = (value: string) =>
      post(setup, portalId, '/oauth2/token', {
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
    const answer = await post(setup, portalId, '/challenges', { username: 'nobody@example.org' });
    expect(answer).toMatchObject({ status: 202, body: { expires_in: 600 } });
    expect(Object.keys(answer.body)).toEqual(['challenge_id', 'expires_in']);
    await setup.identity.idle();
    expect(await setup.outbox.list()).toEqual([]);
    const guess = { grant_type: EMAIL_CODE, challenge_id: answer.body['challenge_id'] ?? '', code: '000000' };
    expect((await post(setup, portalId, '/oauth2/token', guess)).body['error']).toBe('invalid_grant');
  });

  it('limits how many codes an address can be sent, known or not', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const statuses = [];
    for (let wish = 0; wish < 6; wish += 1) {
      statuses.push((await post(setup, portalId, '/challenges', { username: 'nobody@example.org' })).status);
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
    const again = await post(setup, portalId, '/challenges', {
      challenge_id: first.body['challenge_id'] ?? '',
    });
    const { code } = await newestMail(setup);
    const fields = { grant_type: EMAIL_CODE, challenge_id: again.body['challenge_id'] ?? '', code };
    expect((await post(setup, portalId, '/oauth2/token', fields)).status).toBe(200);
  });

  it('starts no second factor without the password', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, secondFactor);
    const user = await addPortalUser(setup, portalId);
    expect((await post(setup, portalId, '/challenges', { username: user.email })).status).toBe(400);
  });

  it('takes no proof of one purpose for another', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const user = await addPortalUser(setup, portalId);
    const forgot = await post(setup, portalId, '/password/forgot', { email: user.email });
    const reset = await newestMail(setup);
    const byCode = {
      grant_type: EMAIL_CODE,
      challenge_id: forgot.body['challenge_id'] ?? '',
      code: reset.code,
    };
    expect((await post(setup, portalId, '/oauth2/token', byCode)).body['error']).toBe('invalid_grant');
    for (const grant of [MAGIC_LINK, 'urn:portal-server:grant:sso', 'urn:portal-server:grant:login-as']) {
      const fields = { grant_type: grant, token: reset.link, email: user.email };
      expect((await post(setup, portalId, '/oauth2/token', fields)).body['error']).toBe('invalid_grant');
    }
  });

  it('reaches users an integration made, who have no credential yet', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup, passwordless);
    const user = await addPortalUser(setup, portalId, {}, { withCredential: false });
    const started = await post(setup, portalId, '/challenges', { email: user.email });
    const { code } = await newestMail(setup);
    const fields = { grant_type: EMAIL_CODE, challenge_id: started.body['challenge_id'] ?? '', code };
    expect((await post(setup, portalId, '/oauth2/token', fields)).status).toBe(200);
  });
});

describe('refresh tokens', () => {
  const refresh = (setup: TestIdentity, portalId: string, token: string) =>
    post(setup, portalId, '/oauth2/token', { grant_type: 'refresh_token', refresh_token: token });

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
    const forgot = await post(setup, portalId, '/password/forgot', { email: user.email });
    const { code } = await newestMail(setup);
    const reset = (password: string) =>
      post(setup, portalId, '/password/reset', {
        challenge_id: forgot.body['challenge_id'] ?? '',
        code,
        password,
      });
    expect((await reset('weak')).body).toMatchObject({ reason: 'INVALID_PASSWORD' });
    expect((await reset('N3w-password')).status).toBe(200);
    expect((await reset('N3w-password')).body['reason']).toBe('invalid_token');
    expect((await passwordGrant(setup, portalId, user.email, user.password)).status).toBe(400);
    expect((await passwordGrant(setup, portalId, user.email, 'N3w-password')).status).toBe(200);
    const refreshed = await post(setup, portalId, '/oauth2/token', {
      grant_type: 'refresh_token',
      refresh_token: session.body['refresh_token'] ?? '',
    });
    expect(refreshed.status).toBe(400);
  });

  it('are not reset without a proof, or with one of somebody else', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const [mine, theirs] = [await addPortalUser(setup, portalId), await addPortalUser(setup, portalId)];
    const victim = await post(setup, portalId, '/password/forgot', { email: theirs.email });
    await newestMail(setup);
    await post(setup, portalId, '/password/forgot', { email: mine.email });
    const { code } = await newestMail(setup);
    const fields = { challenge_id: victim.body['challenge_id'] ?? '', code, password: 'N3w-password' };
    expect((await post(setup, portalId, '/password/reset', fields)).body['reason']).toBe('invalid_token');
    expect((await post(setup, portalId, '/password/reset', { password: 'N3w-password' })).status).toBe(400);
    expect((await passwordGrant(setup, portalId, theirs.email, theirs.password)).status).toBe(200);
  });

  it('answer the same for unknown addresses', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const answer = await post(setup, portalId, '/password/forgot', { email: 'nobody@example.org' });
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
      post(setup, portalId, '/password/change', { old_password: old, new_password: next }, body['id_token']);
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
      post(setup, portalId, '/email-change/complete', { token, password: 'N3w-password' });
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
    const known = await post(setup, portalId, '/confirmation/resend', { email: user.email });
    const unknown = await post(setup, portalId, '/confirmation/resend', { email: 'nobody@example.org' });
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

describe('tickets', () => {
  it('let an admin act as a user, marked and without a refresh token', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const issue = () =>
      setup.identity.accounts.issueLoginAsTicket(
        setup.database.tenant(setup.org),
        { portalId, ...user },
        'admin-1',
      );
    const use = (token: string, email: string) =>
      post(setup, portalId, '/oauth2/token', {
        grant_type: 'urn:portal-server:grant:login-as',
        token,
        email,
      });
    const { status, body } = await use(await issue(), user.email);
    expect(status).toBe(200);
    expect(body['refresh_token']).toBeUndefined();
    expect(decodeJwt(body['id_token'] ?? '')).toMatchObject({ act: { sub: 'admin-1' } });
    const change = { old_password: user.password, new_password: 'N3w-password' };
    expect((await post(setup, portalId, '/password/change', change, body['id_token'])).status).toBe(403);
    expect((await use(await issue(), 'other@example.org')).status).toBe(400);
    const late = await issue();
    setup.clock.advance(5 * 60_000 + 1);
    expect((await use(late, user.email)).status).toBe(400);
  });

  it('finish single sign-on, once', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId, {}, { withCredential: false });
    const ticket = await setup.identity.accounts.issueSsoTicket(setup.database.tenant(setup.org), {
      portalId,
      ...user,
    });
    const fields = { grant_type: 'urn:portal-server:grant:sso', token: ticket, email: user.email };
    const answers = await Promise.all([
      post(setup, portalId, '/oauth2/token', fields),
      post(setup, portalId, '/oauth2/token', fields),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });
});

describe('discovery', () => {
  it('names the endpoints, publishes the keys and finds portals by domain', async () => {
    const setup = await testIdentity();
    const { portalId, domain } = await addPortal(setup);
    const get = (url: string) => setup.app.inject({ url });
    const document = await get(`/idp/portals/${portalId}/.well-known/openid-configuration`);
    expect(document.json()).toMatchObject({ issuer: `${TEST_BASE_URL}/idp/portals/${portalId}` });
    const jwks = await get(`/idp/portals/${portalId}/.well-known/jwks.json`);
    expect(jwks.headers['cache-control']).toContain('max-age=300');
    const { keys } = jwks.json<{ keys: Record<string, string>[] }>();
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const redirect = await get(`/idp/by-domain/${domain.toUpperCase()}/oauth2/userinfo?a=%0d%0ab`);
    expect(redirect.statusCode).toBe(307);
    expect(redirect.headers.location).toBe(
      `${TEST_BASE_URL}/idp/portals/${portalId}/oauth2/userinfo?a=%0d%0ab`,
    );
    expect((await get('/idp/by-domain/unknown.example')).statusCode).toBe(404);
  });
});
