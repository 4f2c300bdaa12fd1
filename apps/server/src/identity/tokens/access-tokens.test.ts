import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import {
  addPortal,
  addPortalUser,
  TEST_BASE_URL,
  type TestIdentity,
  testIdentity,
} from '../../testing/test-identity.ts';
import { testOperations } from '../../testing/test-operations.ts';

const OPERATIONS = [
  'createAccessToken',
  'listAccessTokens',
  'revokeAccessToken',
  'getAccessTokenJwks',
  'getPublicTokenJwks',
  'getPortalPreviewTokenJwks',
  'getAccessTokenOIDC',
  'getPublicTokenOIDC',
  'getPortalPreviewTokenOIDC',
] as const;

type Item = Record<string, unknown> & { id: string; token: string };

async function api(setup: TestIdentity) {
  const app = await testOperations(
    setup,
    { 'access-token': OPERATIONS },
    { 'access-token': [setup.identity.accessTokenOperations] },
  );
  const call = async (method: 'GET' | 'POST' | 'DELETE', path: string, token?: string, payload?: object) => {
    const answer = await app.inject({
      method,
      url: `/v1/access-tokens${path}`,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      ...(payload ? { payload } : {}),
    });
    return { status: answer.statusCode, body: answer.json<Item>(), headers: answer.headers };
  };
  return { call, admin: await setup.identity.issueAdminToken(setup.org) };
}

describe('createAccessToken', () => {
  it('answers the item and the token once, with the documented claims', async () => {
    const setup = await testIdentity();
    const { call, admin } = await api(setup);
    const { status, body } = await call('POST', '', admin, {
      name: 'ERP',
      assignments: [`${setup.org}:integration`],
      expires_in: '10h',
      read_only: true,
    });
    expect(status).toBe(201);
    expect(body.id).toMatch(/^api_[0-9A-Za-z]{21}$/);
    expect(body).toMatchObject({
      name: 'ERP',
      token_type: 'api',
      assignments: [`${setup.org}:integration`],
      read_only: true,
      expires_at: new Date(setup.clock.now().getTime() + 36_000_000).toISOString(),
    });
    expect(decodeJwt(body.token)).toMatchObject({
      iss: `${TEST_BASE_URL}/v1/access-tokens`,
      token_id: body.id,
      jti: body.id,
      token_name: 'ERP',
      token_type: 'api',
      org_id: setup.org,
      user_id: body.id,
      assume_roles: [`${setup.org}:integration`],
      read_only: true,
    });
    const { body: keys } = await call('GET', '/.well-known/jwks.json');
    const verified = await jwtVerify(body.token, createLocalJWKSet(keys as unknown as JSONWebKeySet), {
      currentDate: setup.clock.now(),
    });
    expect(verified.payload['token_id']).toBe(body.id);
  });

  it('copies the roles of its maker when none are named', async () => {
    const setup = await testIdentity();
    const { call, admin } = await api(setup);
    const { body } = await call('POST', '', admin, { name: 'copy' });
    expect(body['assignments']).toEqual([`${setup.org}:owner`]);
    expect(decodeJwt(body.token).exp).toBeUndefined();
  });

  it('lets nobody hand out more than they have', async () => {
    const setup = await testIdentity();
    const { call, admin } = await api(setup);
    await setup.identity.organisations.putStaffUser(setup.org, {
      id: 'u',
      email: `u@${setup.org}.example`,
      displayName: 'U',
      status: 'Active',
      roles: [],
    });
    const tenant = setup.database.tenant(setup.org);
    await tenant.transaction((tx) =>
      setup.identity.organisations.putRole(tx, {
        id: `${setup.org}:tokens`,
        slug: 'tokens',
        name: 'Tokens',
        type: 'user_role',
        grants: [{ action: 'token:create' }],
        parentRole: undefined,
        expiresAt: undefined,
      }),
    );
    const create = (token: string, body: object) => call('POST', '', token, { name: 't', ...body });
    const limited = await create(admin, { assignments: [`${setup.org}:tokens`] });
    const attempt = (roles: string[]) => create(limited.body.token, { assignments: roles });
    expect((await attempt([`${setup.org}:tokens`])).status).toBe(201);
    expect((await attempt([`${setup.org}:owner`])).status).toBe(403);
    expect((await attempt([`${setup.org}:readonly`])).status).toBe(403);
    const reader = await create(admin, { assignments: [`${setup.org}:readonly`] });
    expect((await create(reader.body.token, {})).status).toBe(403);
    const readOnlyOwner = await create(admin, { read_only: true });
    expect((await create(readOnlyOwner.body.token, {})).status).toBe(403);
  });

  it.each([
    ['an unknown role', { assignments: ['1:nobody'] }, 'UNKNOWN_ROLE'],
    ['the organisation role', { assignments: ['ORG:root'] }, 'UNKNOWN_ROLE'],
    ['a life over a year', { expires_in: '366d' }, 'INVALID_EXPIRY'],
    ['anonymised answers', { anonymize: true }, 'UNSUPPORTED_ANONYMIZE'],
    [
      'a journey for more than a week',
      { token_type: 'journey', journey_id: 'j', expires_in: '8d' },
      'INVALID_EXPIRY',
    ],
    [
      'a preview of no portal',
      { token_type: 'portal_preview', portal_id: 'x', portal_user_id: 'y' },
      'UNKNOWN_PORTAL',
    ],
    [
      'a portal that is none of ours',
      { token_type: 'portal', portal_id: '5da0a718-c822-403d-9f5d-20d4584e0528' },
      'UNKNOWN_PORTAL',
    ],
    ['no name', { name: undefined }, 'INVALID_REQUEST'],
    ['a member too many', { surprise: 1 }, 'INVALID_REQUEST'],
    ['a journey without its id', { token_type: 'journey' }, 'INVALID_REQUEST'],
  ])('refuses %s', async (_name, body, code) => {
    const setup = await testIdentity();
    const { call, admin } = await api(setup);
    const filled = JSON.parse(JSON.stringify({ name: 't', ...body }).replace('ORG', setup.org)) as object;
    expect(await call('POST', '', admin, filled)).toMatchObject({ status: 400, body: { code } });
  });

  it('takes what the documentation calls the assignments, and what older clients call a portal', async () => {
    const setup = await testIdentity();
    const { call, admin } = await api(setup);
    const made = await call('POST', '', admin, { name: 't', assume_roles: [`${setup.org}:readonly`] });
    expect(made.body).toMatchObject({ assignments: [`${setup.org}:readonly`] });
    const older = { name: 'p', token_type: 'portal', portal_id: 'END_CUSTOMER_PORTAL' };
    expect((await call('POST', '', admin, older)).status).toBe(201);
    const elsewhere = await testIdentity();
    const { portalId } = await addPortal(elsewhere);
    const foreign = { name: 'p', token_type: 'portal', portal_id: portalId };
    expect(await call('POST', '', admin, foreign)).toMatchObject({
      status: 400,
      body: { code: 'UNKNOWN_PORTAL' },
    });
  });

  it('makes bound tokens with keys of their own', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const { call, admin } = await api(setup);
    const portal = await call('POST', '', admin, { name: 'p', token_type: 'portal', portal_id: portalId });
    expect(decodeJwt(portal.body.token)).toMatchObject({
      iss: `${TEST_BASE_URL}/v1/access-tokens/public`,
      portal_id: portalId,
      assume_roles: [],
    });
    const bound = { portal_id: portalId, portal_user_id: user.portalUserId };
    const preview = await call('POST', '', admin, { name: 'v', token_type: 'portal_preview', ...bound });
    expect(preview.body).toMatchObject(bound);
    const claims = decodeJwt(preview.body.token);
    expect(claims.iss).toBe(`${TEST_BASE_URL}/v1/access-tokens/portal-preview`);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3_600);
    const ids = await Promise.all(
      ['', '/public', '/portal-preview'].map(async (path) => {
        const { body, headers } = await call('GET', `${path}/.well-known/jwks.json`);
        expect(headers['cache-control']).toContain('max-age=300');
        return (body['keys'] as { kid: string }[]).map(({ kid }) => kid);
      }),
    );
    expect(new Set(ids.flat()).size).toBe(ids.flat().length);
    const discovery = await call('GET', '/public/.well-known/openid-configuration');
    expect(discovery.body['issuer']).toBe(`${TEST_BASE_URL}/v1/access-tokens/public`);
  });
});

describe('listing and revoking', () => {
  it("lists the caller's living api tokens, system types on demand", async () => {
    const setup = await testIdentity();
    const { call, admin } = await api(setup);
    const kept = await call('POST', '', admin, { name: 'kept' });
    await call('POST', '', admin, { name: 'short', expires_in: 60 });
    const gone = await call('POST', '', admin, { name: 'gone' });
    const journey = await call('POST', '', admin, { name: 'j', token_type: 'journey', journey_id: 'j1' });
    expect((await call('DELETE', `/${gone.body.id}`, admin)).body).toMatchObject({
      id: gone.body.id,
      name: 'gone',
    });
    setup.clock.advance(61_000);
    const names = async (query: string, token = admin) => {
      const { body } = await call('GET', query, token);
      return (body as unknown as Item[]).map((item) => item['name']);
    };
    expect(await names('')).toEqual(['kept']);
    expect(await names('?token_type=journey')).toEqual(['j']);
    expect(await names('?token_type=journey&token_type=api')).toEqual(['kept', 'j']);
    expect(await names('', kept.body.token)).toEqual([]);
    const listed = (await call('GET', '', admin)).body as unknown as Item[];
    expect(listed[0]).not.toHaveProperty('token');
    expect((await call('DELETE', `/${journey.body.id}`, admin)).status).toBe(200);
  });

  it('ends a token at once; twice, foreign and unknown ones are 404', async () => {
    const setup = await testIdentity();
    const other = await testIdentity();
    const { call, admin } = await api(setup);
    const foreign = await (await api(other)).call('POST', '', (await api(other)).admin, { name: 'foreign' });
    const { body } = await call('POST', '', admin, { name: 't' });
    expect((await call('GET', '', body.token)).status).toBe(200);
    expect((await call('DELETE', `/${body.id}`, admin)).status).toBe(200);
    expect((await call('GET', '', body.token)).status).toBe(401);
    expect((await call('DELETE', `/${body.id}`, admin)).status).toBe(404);
    expect((await call('DELETE', `/${foreign.body.id}`, admin)).status).toBe(404);
    expect((await call('DELETE', '/api_unknown', admin)).status).toBe(404);
  });

  it('lets those without token:delete revoke their own tokens only', async () => {
    const setup = await testIdentity();
    const { call, admin } = await api(setup);
    const reader = await call('POST', '', admin, { name: 'r', assignments: [`${setup.org}:readonly`] });
    const target = await call('POST', '', admin, { name: 't' });
    expect((await call('DELETE', `/${target.body.id}`, reader.body.token)).status).toBe(403);
    expect((await call('DELETE', `/${reader.body.id}`, reader.body.token)).status).toBe(200);
  });

  it('notes the day of the last use', async () => {
    const setup = await testIdentity();
    const { call, admin } = await api(setup);
    const { body } = await call('POST', '', admin, { name: 't' });
    await call('GET', '', body.token);
    const [item] = (await call('GET', '', admin)).body as unknown as Item[];
    expect(item?.['last_used']).toBe('2027-03-10');
  });

  it('keeps neither the token nor anything it could be made from', async () => {
    const setup = await testIdentity();
    const { call, admin } = await api(setup);
    const { body } = await call('POST', '', admin, { name: 't' });
    const rows = await setup.database
      .tenant(setup.org)
      .query<{ row: string }>(
        sql`select to_jsonb(t)::text as row from access_token t where org_id = ${setup.org}`,
      );
    expect(rows.length).toBe(2);
    for (const { row } of rows) expect(row).not.toContain(body.token.split('.')[2]);
  });
});

describe('assume tokens', () => {
  it('end with the user, and with the token they were made by', async () => {
    const setup = await testIdentity();
    const { call, admin } = await api(setup);
    const maker = await call('POST', '', admin, { name: 'maker' });
    const assume = await call('POST', '', maker.body.token, {
      name: 'as',
      token_type: 'assume',
      assignments: [`${setup.org}:readonly`],
    });
    expect(assume.status).toBe(201);
    expect((await call('GET', '', assume.body.token)).status).toBe(200);
    expect((await call('POST', '', assume.body.token, { name: 'more' })).status).toBe(403);
    await call('DELETE', `/${maker.body.id}`, admin);
    expect((await call('GET', '', assume.body.token)).status).toBe(401);
  });

  it('take the api tokens of a deactivated user with them', async () => {
    const setup = await testIdentity();
    const { call } = await api(setup);
    const owner = {
      id: 'u',
      email: `o@${setup.org}.example`,
      displayName: 'O',
      roles: [`${setup.org}:owner`],
    };
    await setup.identity.organisations.putStaffUser(setup.org, { ...owner, status: 'Active' });
    const staff = {
      kind: 'user',
      org: setup.org,
      userId: 'u',
      email: '',
      tokenId: undefined,
      readOnly: false,
    } as const;
    const created = await setup.identity.tokens.create(
      { ...staff, roles: owner.roles },
      { type: 'api', name: 'mine' },
    );
    expect((await call('GET', '', created.token)).status).toBe(200);
    await setup.identity.organisations.putStaffUser(setup.org, { ...owner, status: 'Deactivated' });
    expect((await call('GET', '', created.token)).status).toBe(401);
  });
});
