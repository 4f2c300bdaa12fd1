import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT, SECRET, startTestProvider, type TestProvider } from '../../openid/testing/test-provider.ts';
import { type TestIdentity, testIdentity } from '../../testing/test-identity.ts';
import { type TestServer, testServer } from '../../testing/test-server.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const HOUR_MS = 3_600_000;

describe('staff with passwords', () => {
  let server: TestServer;
  let before: Date;
  beforeAll(async () => {
    server = await testServer();
    before = server.clock.now();
  });
  afterAll(() => server.clock.set(before));

  function form(path: string, fields: Record<string, string>) {
    const body = new URLSearchParams(fields).toString();
    return server.request('POST', `/idp/staff/oauth2${path}`, { body, headers: FORM });
  }
  const signIn = (username: string, password: string) =>
    form('/token', { grant_type: 'password', username, password });
  const refresh = (token: unknown) =>
    form('/token', { grant_type: 'refresh_token', refresh_token: String(token) });
  const schemas = (token: unknown) => server.request('GET', '/v1/entity/schemas', { token: String(token) });

  async function colleague(role = 'owner') {
    const { org } = await server.organisation();
    const { staff } = server.busbar.rooms.identity;
    const email = `${randomUUID()}@stadtwerke.example`;
    await staff.add(org, email.toUpperCase(), role);
    return { org, email, staff, password: await staff.newPassword(email) };
  }

  it('sign in and are who their token says', async () => {
    const { org, email, password } = await colleague();
    const { status, body } = await signIn(email, password);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, access_token: body['id_token'] });
    const discovery = await server.request('GET', '/idp/staff/.well-known/openid-configuration');
    expect(discovery.body).toMatchObject({ grant_types_supported: ['password', 'refresh_token'] });
    expect(discovery.body).not.toHaveProperty('authorization_endpoint');
    const keys = await server.request('GET', '/idp/staff/.well-known/jwks.json');
    const { payload } = await jwtVerify(
      String(body['id_token']),
      createLocalJWKSet(JSON.parse(JSON.stringify(keys.body))),
      { issuer: String(discovery.body['issuer']), audience: 'busbar', currentDate: server.clock.now() },
    );
    expect(payload).toMatchObject({
      ...{ token_use: 'id', email, 'cognito:username': email },
      ...{ 'custom:org_id': org, 'custom:ivy_org_id': org, 'custom:ivy_user_id': payload.sub },
    });
    expect((await schemas(body['id_token'])).status).toBe(200);
    // Their token opens nothing that belongs to portal users.
    const portal = await server.request('GET', '/v2/portal/contact', { token: String(body['id_token']) });
    expect(portal.status).toBe(401);
  });

  it('may do what their role allows, and nothing once they are gone', async () => {
    const { email, password, staff } = await colleague('readonly');
    const { body } = await signIn(email, password);
    const token = String(body['id_token']);
    expect((await schemas(token)).status).toBe(200);
    const write = await server.request('POST', '/v1/entity/contact', { token, body: { first_name: 'Ada' } });
    expect(write.status).toBe(403);
    await staff.remove(email);
    expect((await schemas(token)).status).toBe(401);
    expect((await refresh(body['refresh_token'])).status).toBe(400);
    expect((await signIn(email, password)).status).toBe(400);
  });

  it('keep their session with refresh tokens, each good once', async () => {
    const { email, password } = await colleague();
    const first = await signIn(email, password);
    const second = await refresh(first.body['refresh_token']);
    expect(second.status).toBe(200);
    expect((await schemas(second.body['id_token'])).status).toBe(200);
    // One of two holders is a thief: neither stays signed in.
    expect((await refresh(first.body['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(second.body['refresh_token'])).status).toBe(400);
    server.clock.advance(11_000);
    expect((await schemas(second.body['id_token'])).status).toBe(401);
  });

  it('sign out, and lose their sessions with their password', async () => {
    const { email, password, staff } = await colleague();
    const { body } = await signIn(email, password);
    expect((await schemas(body['id_token'])).status).toBe(200);
    expect((await form('/revoke', { token: String(body['refresh_token']) })).status).toBe(200);
    expect((await schemas(body['id_token'])).status).toBe(401);
    const again = await signIn(email, password);
    await staff.newPassword(email);
    expect((await schemas(again.body['id_token'])).status).toBe(401);
    expect((await signIn(email, password)).status).toBe(400);
  });

  it('get the same answer for every failure, and five tries', async () => {
    const { email, password } = await colleague();
    const unknown = await signIn(`${randomUUID()}@stadtwerke.example`, password);
    const wrong = await signIn(email, 'wrong');
    expect(wrong).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(unknown.body).toEqual(wrong.body);
    for (let attempt = 0; attempt < 4; attempt += 1) await signIn(email, 'wrong');
    expect((await signIn(email, password)).body).toEqual(wrong.body);
    server.clock.advance(HOUR_MS);
    expect((await signIn(email, password)).status).toBe(200);
  });

  it.each([
    [{ grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    [{ grant_type: 'authorization_code', code: 'x' }, 'unauthorized_client'],
    [{ grant_type: 'password', username: 'x' }, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: 'none' }, 'invalid_grant'],
    [{ grant_type: 'refresh_token', refresh_token: "739224.'; drop table" }, 'invalid_grant'],
    [{}, 'invalid_request'],
  ])('%j is %s', async (fields, error) => {
    expect(await form('/token', fields)).toMatchObject({ status: 400, body: { error } });
  });

  it('keep their name when they are given another role', async () => {
    const { org, email, staff } = await colleague();
    const { organisations } = server.busbar.rooms.identity;
    const found = await staff.byEmail(email);
    const user = await organisations.staffUser(org, String(found?.id));
    if (!user) throw new Error('The colleague is gone');
    await organisations.putStaffUser(org, { ...user, displayName: 'Frieda Voss' });
    await staff.add(org, email, 'manager');
    expect(await organisations.staffUser(org, user.id)).toMatchObject({
      ...{ displayName: 'Frieda Voss', roles: [`${org}:manager`] },
    });
  });

  it('are refused without an address, a role or an organisation of theirs', async () => {
    const { org, email, staff } = await colleague();
    const other = await server.organisation();
    await expect(staff.add(org, 'nobody', 'owner')).rejects.toMatchObject({ status: 400 });
    await expect(staff.add(org, 'a@b.example', 'no-such-role')).rejects.toMatchObject({ status: 400 });
    await expect(staff.add(other.org, email, 'owner')).rejects.toMatchObject({ status: 404 });
    await expect(staff.newPassword('nobody@b.example')).rejects.toMatchObject({ status: 404 });
  });
});

describe('staff of an OpenID provider', () => {
  const APP = 'https://cockpit.stadtwerke.example/back';
  let provider: TestProvider;
  let ground: TestIdentity;
  beforeAll(async () => {
    provider = await startTestProvider();
    const { issuer } = provider;
    ground = await testIdentity({
      staffSignIn: {
        provider: { issuer, clientIds: [CLIENT], clientSecret: SECRET, tokenEndpoint: undefined },
        redirectUris: [APP],
      },
    });
    // The provider lives in the present.
    ground.clock.set(new Date());
    await ground.identity.staff.add(ground.org, 'gesine@post.example', 'owner');
    await ground.identity.staff.add(ground.org, 'unverified@post.example', 'owner');
  });
  afterAll(() => provider.close());

  const verifier = randomBytes(32).toString('base64url');
  const asked = (more: Record<string, string> = {}) => ({
    ...{ response_type: 'code', client_id: 'cockpit', redirect_uri: APP, state: 's 1' },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    ...{ code_challenge_method: 'S256', login_hint: 'gesine', ...more },
  });
  const get = (path: string) => ground.app.inject({ url: `/idp/staff/oauth2${path}` });
  const authorize = (more?: Record<string, string>) => get(`/authorize?${new URLSearchParams(asked(more))}`);
  const token = (fields: Record<string, string>) =>
    ground.app.inject({
      method: 'POST',
      url: '/idp/staff/oauth2/token',
      headers: FORM,
      payload: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'cockpit',
        ...fields,
      }).toString(),
    });

  /** Where the application's page is opened after somebody has been at the provider. */
  async function wayBack(more?: Record<string, string>): Promise<URL> {
    const start = await authorize(more);
    expect(start.statusCode).toBe(302);
    const callback = await provider.walk(String(start.headers.location));
    const answer = await get(`/callback${callback.search}`);
    expect(answer.statusCode).toBe(302);
    return new URL(String(answer.headers.location));
  }

  it('sign in there, and their application gets tokens for its code once', async () => {
    const back = await wayBack();
    expect(back.href.startsWith(`${APP}?`)).toBe(true);
    expect(back.searchParams.get('state')).toBe('s 1');
    const code = String(back.searchParams.get('code'));
    const shown = { code, redirect_uri: APP, code_verifier: verifier };
    const answer = await token(shown);
    expect(answer.json()).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) });
    expect((await token(shown)).json()).toMatchObject({ error: 'invalid_grant' });
  });

  it.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['another address', { redirect_uri: 'http://127.0.0.1/back' }],
    ['another client', { client_id: 'somebody' }],
  ])('a code is of no use with %s, and spent by it', async (_, wrong) => {
    const code = String((await wayBack()).searchParams.get('code'));
    const shown = { code, redirect_uri: APP, code_verifier: verifier };
    expect((await token({ ...shown, ...wrong })).json()).toMatchObject({ error: 'invalid_grant' });
    expect((await token(shown)).statusCode).toBe(400);
  });

  it('a code is good for a minute', async () => {
    const code = String((await wayBack()).searchParams.get('code'));
    ground.clock.advance(61_000);
    const answer = await token({ code, redirect_uri: APP, code_verifier: verifier });
    ground.clock.set(new Date());
    expect(answer.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it.each(['stranger', 'unverified'])('who is %s gets no code', async (login_hint) => {
    const { searchParams } = await wayBack({ login_hint });
    expect(Object.fromEntries(searchParams)).toMatchObject({ error: 'access_denied', state: 's 1' });
    expect(searchParams.has('code')).toBe(false);
  });

  it('applications on the same machine take their code at any port', async () => {
    const back = await wayBack({ redirect_uri: 'http://127.0.0.1:52311/cb' });
    expect(back.origin).toBe('http://127.0.0.1:52311');
  });

  it.each([
    { redirect_uri: 'https://evil.example/back' },
    { redirect_uri: 'http://127.0.0.1.evil.example/' },
    { redirect_uri: `${APP}/more` },
    { response_type: 'token' },
    { code_challenge_method: 'plain' },
    { code_challenge: 'short' },
  ])('an application cannot begin with %j', async (wrong) => {
    expect((await authorize(wrong)).json()).toMatchObject({ error: 'invalid_request' });
  });

  it('nobody comes back who did not leave from here, or too late', async () => {
    expect((await get('/callback?code=x&state=made-up')).json()).toMatchObject({ code: 'SIGN_IN_EXPIRED' });
    const start = await authorize();
    const callback = await provider.walk(String(start.headers.location));
    ground.clock.advance(10 * 60_000);
    const late = await get(`/callback${callback.search}`);
    ground.clock.set(new Date());
    expect(late.json()).toMatchObject({ code: 'SIGN_IN_EXPIRED' });
  });

  it('have no passwords here', async () => {
    const answer = await token({ grant_type: 'password', username: 'gesine@post.example', password: 'x' });
    expect(answer.json()).toMatchObject({ error: 'unauthorized_client' });
  });
});
