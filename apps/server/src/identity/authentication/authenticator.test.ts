import { createPublicKey } from 'node:crypto';
import { base64url, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { signedBy, testCallers } from '../../testing/test-callers.ts';
import { testOrganisation } from '../../testing/test-database.ts';
import { addPortal, addPortalUser, TEST_BASE_URL, testSecrets } from '../../testing/test-identity.ts';
import { KeyRing } from '../keys/key-ring.ts';

/** The claims of an owner token, signed as a test likes. */
function ownerClaims(org: string, tokenId: string): Record<string, unknown> {
  return {
    aud: 'portal-server',
    token_use: 'access',
    token_id: tokenId,
    jti: tokenId,
    token_type: 'api',
    org_id: org,
    assume_roles: [`${org}:owner`],
  };
}

const INTEGRATIONS = '/v1/integrations';
const CONTACT = '/v2/portal/contact';
const ACCESS_ISSUER = `${TEST_BASE_URL}/v1/access-tokens`;

describe('access tokens', () => {
  it('open operations for staff, as the client they are', async () => {
    const { setup, call } = await testCallers();
    const token = await setup.identity.issueAdminToken(setup.org);
    expect(await call('GET', INTEGRATIONS, token)).toMatchObject({
      status: 200,
      body: { kind: 'api_client', org: setup.org, roles: [`${setup.org}:owner`], readOnly: false },
    });
    expect((await call('GET', CONTACT, token)).status).toBe(401);
  });

  it('are demanded with WWW-Authenticate', async () => {
    const { call } = await testCallers();
    const answer = await call('GET', INTEGRATIONS);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect((await call('GET', INTEGRATIONS, undefined, { authorization: 'Basic YTpi' })).status).toBe(401);
    expect((await call('GET', INTEGRATIONS, 'not-a-token')).status).toBe(401);
    expect((await call('GET', INTEGRATIONS, 'x'.repeat(9_000))).status).toBe(401);
  });

  it('end when they are revoked, and when their time is over', async () => {
    const { setup, call } = await testCallers();
    const { record, token } = await setup.identity.tokens.createOwnerToken(setup.org, 'first');
    const second = await setup.identity.tokens.createForInstallation(setup.org, {
      type: 'api',
      name: 'second',
      roles: [`${setup.org}:owner`],
      lifetime: 600,
    });
    expect((await call('GET', INTEGRATIONS, token)).status).toBe(200);
    const principal = {
      kind: 'api_client',
      org: setup.org,
      tokenId: record.id,
      name: '',
      roles: [],
      readOnly: false,
    } as const;
    await setup.identity.tokens.revoke(principal, record.id);
    expect((await call('GET', INTEGRATIONS, token)).status).toBe(401);
    expect((await call('GET', INTEGRATIONS, second.token)).status).toBe(200);
    setup.clock.advance(600_001);
    expect((await call('GET', INTEGRATIONS, second.token)).status).toBe(401);
  });

  it('count nothing in an organisation that is not active', async () => {
    const { setup, call } = await testCallers();
    const token = await setup.identity.tokens.createOwnerToken(testOrganisation(), 'orphan');
    expect((await call('GET', INTEGRATIONS, token.token)).status).toBe(401);
  });

  it('are refused in every forged form', async () => {
    const { setup, call } = await testCallers();
    const { record, token } = await setup.identity.tokens.createOwnerToken(setup.org, 'real');
    const claims = ownerClaims(setup.org, record.id);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const keys = new KeyRing(setup.database, testSecrets, setup.clock);
    const publicJwk = (await keys.publicKeys('access')).find((key) => key.kid === kid) ?? {};
    const publicPem = createPublicKey({ key: publicJwk, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    const unsigned = { ...claims, iss: ACCESS_ISSUER, iat: Math.floor(setup.clock.now().getTime() / 1000) };
    const foreign = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
    const tampered = base64url.encode(JSON.stringify({ ...unsigned, org_id: '1' }));
    const forgeries: Record<string, string> = {
      'algorithm none': `${base64url.encode(JSON.stringify({ alg: 'none', kid }))}.${base64url.encode(JSON.stringify(unsigned))}.`,
      'HS256 with the public key': await new SignJWT(unsigned)
        .setProtectedHeader({ alg: 'HS256', kid })
        .sign(Buffer.from(publicPem)),
      'another key under our key id': await new SignJWT(unsigned)
        .setProtectedHeader({ alg: 'RS256', kid })
        .sign(foreign.privateKey),
      'a key of its own in the header': await new SignJWT(unsigned)
        .setProtectedHeader({ alg: 'RS256', kid, jwk: await exportJWK(foreign.publicKey) })
        .sign(foreign.privateKey),
      'the public key set': await signedBy(setup, 'public', claims, ACCESS_ISSUER),
      'the portal key set': await signedBy(setup, 'portal', claims, ACCESS_ISSUER),
      'the public issuer': await signedBy(setup, 'public', claims, `${ACCESS_ISSUER}/public`),
      'another issuer': await signedBy(setup, 'access', claims, 'https://elsewhere.example/v1/access-tokens'),
      'an issuer below ours': await signedBy(setup, 'access', claims, `${ACCESS_ISSUER}/x`),
      'another audience': await signedBy(setup, 'access', { ...claims, aud: 'x' }, ACCESS_ISSUER),
      'another token id than jti': await signedBy(setup, 'access', { ...claims, jti: 'x' }, ACCESS_ISSUER),
      'a token id nobody issued': await signedBy(
        setup,
        'access',
        ownerClaims(setup.org, 'api_x'),
        ACCESS_ISSUER,
      ),
      'another organisation': await signedBy(
        setup,
        'access',
        { ...claims, org_id: testOrganisation() },
        ACCESS_ISSUER,
      ),
      'a past expiry': await signedBy(setup, 'access', { ...claims, exp: 1 }, ACCESS_ISSUER),
      'not valid yet': await signedBy(setup, 'access', { ...claims, nbf: 4_000_000_000 }, ACCESS_ISSUER),
      'a changed payload': `${header}.${tampered}.${signature}`,
      'a cut signature': `${header}.${payload}.${signature.slice(0, -4)}`,
    };
    const verdicts: Record<string, number> = {};
    for (const [name, forged] of Object.entries(forgeries)) {
      verdicts[name] = (await call('GET', INTEGRATIONS, forged)).status;
    }
    expect(verdicts).toEqual(Object.fromEntries(Object.keys(forgeries).map((name) => [name, 401])));
    expect(
      (await call('GET', INTEGRATIONS, await signedBy(setup, 'access', claims, ACCESS_ISSUER))).status,
    ).toBe(200);
  });
});

describe('publishable tokens', () => {
  it('open public operations only', async () => {
    const { setup, call } = await testCallers();
    const { token } = await setup.identity.tokens.createForInstallation(setup.org, {
      type: 'journey',
      name: 'journey',
      journeyId: 'j1',
    });
    const promo = await call(
      'POST',
      '/v1/public/validate-promo-codes',
      token,
      { 'x-ivy-org-id': setup.org },
      {},
    );
    expect(promo).toMatchObject({
      status: 200,
      body: { kind: 'public_token', org: setup.org, journeyId: 'j1' },
    });
    expect((await call('GET', INTEGRATIONS, token)).status).toBe(401);
    expect((await call('GET', CONTACT, token)).status).toBe(401);
    const elsewhere = { 'x-ivy-org-id': testOrganisation() };
    expect((await call('POST', '/v1/public/validate-promo-codes', token, elsewhere, {})).status).toBe(403);
  });

  it('may be left out where the contract says so; a header names the organisation then', async () => {
    const { setup, call } = await testCallers();
    const search = (token: string | undefined, headers: Record<string, string>) =>
      call('POST', '/v1/public/catalog', token, headers, { q: 'price' });
    expect(await search(undefined, { 'x-ivy-org-id': setup.org })).toMatchObject({
      body: { kind: 'anonymous', org: setup.org },
    });
    expect((await search('rubbish', { 'x-ivy-org-id': setup.org })).status).toBe(401);
    expect((await call('POST', '/v1/public/validate-promo-codes', undefined, {}, {})).status).toBe(401);
    const staff = await setup.identity.issueAdminToken(setup.org);
    expect((await search(staff, { 'x-ivy-org-id': setup.org })).body).toMatchObject({ kind: 'api_client' });
    expect((await search(undefined, { 'x-ivy-org-id': "1' or '1" })).status).toBe(400);
    const two = { 'x-ivy-org-id': setup.org, 'x-epilot-org-id': '5' };
    expect((await search(undefined, two)).status).toBe(400);
  });
});

describe('the acting organisation', () => {
  it('is switched only by users who have roles there', async () => {
    const { setup, call } = await testCallers();
    const other = testOrganisation();
    await setup.identity.organisations.create(other, { name: 'Other' });
    const admin = await setup.identity.issueAdminToken(setup.org);
    expect((await call('GET', INTEGRATIONS, admin, { 'x-epilot-org-id': other })).status).toBe(403);
    expect((await call('GET', INTEGRATIONS, admin, { 'x-epilot-org-id': setup.org })).status).toBe(200);

    const user = (org: string, roles: string[]) => ({
      id: 'u1',
      email: `u1-${org}@example.org`,
      displayName: 'U',
      status: 'Active' as const,
      roles,
    });
    await setup.identity.organisations.putStaffUser(setup.org, user(setup.org, [`${setup.org}:owner`]));
    const staff = {
      kind: 'user',
      org: setup.org,
      userId: 'u1',
      email: '',
      tokenId: undefined,
      readOnly: false,
    } as const;
    const { token } = await setup.identity.tokens.create(
      { ...staff, roles: [`${setup.org}:owner`] },
      { type: 'assume', name: 'as', roles: [`${setup.org}:readonly`] },
    );
    expect((await call('GET', INTEGRATIONS, token)).body).toMatchObject({
      kind: 'user',
      userId: 'u1',
      roles: [`${setup.org}:readonly`],
    });
    expect((await call('GET', INTEGRATIONS, token, { 'x-ivy-org-id': other })).status).toBe(403);
    await setup.identity.organisations.putStaffUser(other, user(other, [`${other}:manager`]));
    expect((await call('GET', INTEGRATIONS, token, { 'x-ivy-org-id': other })).body).toMatchObject({
      org: other,
      roles: [`${other}:manager`],
    });
  });
});

describe('operations of other kinds', () => {
  it("take either family, any token, somebody else's, or none", async () => {
    const { setup, call } = await testCallers();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const staff = await setup.identity.issueAdminToken(setup.org);
    const { id_token: portalUser } = await setup.identity.issuePortalToken(portalId, user.portalUserId);
    const { token: publishable } = await setup.identity.tokens.createForInstallation(setup.org, {
      type: 'portal',
      name: 'p',
      portalId,
    });
    const statuses = async (method: 'GET' | 'POST', url: string, payload?: object) =>
      Promise.all(
        [staff, portalUser, publishable, undefined].map(
          async (token) => (await call(method, url, token, {}, payload)).status,
        ),
      );
    expect(await statuses('POST', '/v1/erp/tracking/acknowledgement', { ack_id: 'a' })).toEqual([
      200, 200, 200, 401,
    ]);
    expect(
      await statuses('GET', `/v2/portal/public/portal/config?org_id=${setup.org}&origin=END_CUSTOMER_PORTAL`),
    ).toEqual([200, 200, 200, 200]);
    const sso = await call(
      'POST',
      `/v2/portal/public/sso/login?org_id=${setup.org}&origin=END_CUSTOMER_PORTAL`,
      'provider.id.token',
      {},
      { provider_slug: 'x' },
    );
    expect(sso.body).toMatchObject({ kind: 'anonymous' });
  });
});
