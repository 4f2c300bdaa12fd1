import { beforeAll, describe, expect, it } from 'vitest';
import { addPortal, addPortalUser } from '../testing/test-identity.ts';
import { type TestServer, testServer } from '../testing/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await testServer();
});

describe('through the whole server', () => {
  it('a customer signs in by form, is known to the Portal API, and signs out', async () => {
    const { org } = await server.organisation();
    const { identity } = server.busbar.rooms;
    const ground = { database: server.busbar.storage.database, clock: server.clock, identity, org };
    const { portalId } = await addPortal(ground);
    const user = await addPortalUser(ground, portalId);
    const form = new URLSearchParams({
      grant_type: 'password',
      username: user.email,
      password: user.password,
      client_id: portalId,
    });
    const signedIn = await server.request('POST', `/idp/portals/${portalId}/oauth2/token`, {
      body: form.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(signedIn.status).toBe(200);
    const token = String(signedIn.body['id_token']);
    const validate = () => server.request('POST', '/v2/portal/token/validate', { token });
    expect((await validate()).status).toBe(204);
    const revoked = await server.request('POST', '/v2/portal/token/revoke', {
      token,
      body: { refresh_token: String(signedIn.body['refresh_token']) },
    });
    expect(revoked).toMatchObject({ status: 200, body: { message: 'Token revoked successfully' } });
    expect((await validate()).status).toBe(401);
  });

  it('an admin acts as a customer', async () => {
    const { org, token: admin } = await server.organisation();
    const { identity } = server.busbar.rooms;
    const ground = { database: server.busbar.storage.database, clock: server.clock, identity, org };
    const { portalId, domain } = await addPortal(ground);
    const user = await addPortalUser(ground, portalId);
    const loginAs = (body: object, token = admin) =>
      server.request('POST', '/v2/portal/admin:login-as-user', { token, body });
    for (const named of [{ portal_id: portalId }, { domain }, { origin: 'END_CUSTOMER_PORTAL' }]) {
      expect((await loginAs({ email: user.email, ...named })).status).toBe(200);
    }
    expect((await loginAs({ email: user.email })).status).toBe(400);
    expect((await loginAs({ email: 'nobody@example.org', portal_id: portalId })).status).toBe(404);
    const other = await server.organisation();
    expect((await loginAs({ email: user.email, portal_id: portalId }, other.token)).status).toBe(404);
    const ticket = await loginAs({ email: user.email, portal_id: portalId });
    const session = await server.request('POST', `/idp/portals/${portalId}/oauth2/token`, {
      body: {
        grant_type: 'urn:portal-server:grant:login-as',
        token: String(ticket.body['login_as_token']),
        email: user.email,
      },
    });
    expect(session.status).toBe(200);
    const token = String(session.body['id_token']);
    expect((await server.request('POST', '/v2/portal/token/validate', { token })).status).toBe(204);
  });

  it('the access-token API answers to its contract', async () => {
    const { token } = await server.organisation();
    const created = await server.request('POST', '/v1/access-tokens', { token, body: { name: 'ERP' } });
    expect(created.status).toBe(201);
    const id = String(created.body['id']);
    expect((await server.request('GET', '/v1/access-tokens', { token })).status).toBe(200);
    expect((await server.request('DELETE', `/v1/access-tokens/${id}`, { token })).status).toBe(200);
    for (const keys of ['', '/public', '/portal-preview']) {
      expect((await server.request('GET', `/v1/access-tokens${keys}/.well-known/jwks.json`)).status).toBe(
        200,
      );
    }
    expect((await server.request('GET', '/v1/access-tokens')).headers['www-authenticate']).toContain(
      'invalid_token',
    );
  });
});
