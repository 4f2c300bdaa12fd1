import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { addPortal, addPortalUser, TEST_BASE_URL, testIdentity } from '../../testing/test-identity.ts';
import { passwordGrant, postSignIn } from '../../testing/test-sign-in.ts';

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

  it('answers wrong passwords, unknown addresses and clients that are locked out alike', async () => {
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
    const token = (fields: Record<string, string>) => postSignIn(setup, portalId, '/oauth2/token', fields);
    expect((await token({ grant_type: 'password', client_id: 'other' })).body['error']).toBe(
      'invalid_client',
    );
    expect((await token({ grant_type: 'client_credentials' })).body['error']).toBe('unsupported_grant_type');
    expect((await token({})).body['error']).toBe('invalid_request');
    expect((await token({ grant_type: 'password', username: 'a@b' })).body['error']).toBe('invalid_request');
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
      postSignIn(setup, portalId, '/oauth2/token', {
        grant_type: 'urn:portal-server:grant:login-as',
        token,
        email,
      });
    const { status, body } = await use(await issue(), user.email);
    expect(status).toBe(200);
    expect(body['refresh_token']).toBeUndefined();
    expect(decodeJwt(body['id_token'] ?? '')).toMatchObject({ act: { sub: 'admin-1' } });
    const change = { old_password: user.password, new_password: 'N3w-password' };
    expect((await postSignIn(setup, portalId, '/password/change', change, body['id_token'])).status).toBe(
      403,
    );
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
      postSignIn(setup, portalId, '/oauth2/token', fields),
      postSignIn(setup, portalId, '/oauth2/token', fields),
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
