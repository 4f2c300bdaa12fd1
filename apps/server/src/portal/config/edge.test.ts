import { randomUUID } from 'node:crypto';
import { fastify } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { sendError } from '../../http/error-response.ts';
import { edgeRoutes } from './edge-routes.ts';
import { type PortalFixture, portalFixture } from './testing/portal-fixture.ts';

let fixture: PortalFixture;
let domain: string;
let platformDomain: string;

beforeAll(async () => {
  fixture = await portalFixture();
  domain = `${randomUUID()}.example.org`;
  const portal = await fixture.portal({
    domain,
    domain_settings: {
      is_custom_domain_enabled: true,
      is_epilot_domain_enabled: true,
      is_redirection_enabled: true,
    },
  });
  platformDomain = String(portal['epilot_domain']);
});

describe('what the edge is told', () => {
  it('is whether it may obtain a certificate for a name', async () => {
    const ask = async (name: string) =>
      (await fixture.askPublicly(`/edge/certificate-allowed?domain=${name}`)).status;
    expect([await ask(domain), await ask(platformDomain)]).toEqual([200, 200]);
    expect([await ask('nobody.example'), await ask('')]).toEqual([404, 404]);
  });

  it('is where a secondary name redirects to, and that search engines stay out', async () => {
    const secondary = await fixture.askPublicly(`/edge/distribution?domain=${platformDomain}`);
    expect(secondary.body).toMatchObject({
      redirect_to: `https://${domain}`,
      redirect_status: 308,
      headers: { 'X-Robots-Tag': 'noindex' },
      enabled: true,
    });
    const primary = await fixture.askPublicly(`/edge/distribution?domain=${domain}`);
    expect(primary.body['redirect_to']).toBeNull();
  });

  it('is the list of all names only with its token', async () => {
    const { database } = fixture.server.busbar.storage;
    const { portals } = fixture;
    const app = fastify();
    app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
    await app.register(edgeRoutes({ database, portals, edgeToken: 'edge-token' }));
    const ask = (authorization?: string) =>
      app.inject({ url: '/edge/distributions', headers: authorization ? { authorization } : {} });
    expect((await ask()).statusCode).toBe(401);
    expect((await ask('Bearer guess')).statusCode).toBe(401);
    const listed = (await ask('Bearer edge-token')).json<{ distributions: { domain: string }[] }>();
    const names = listed.distributions.map((one) => one.domain);
    expect(names).toEqual(expect.arrayContaining([domain, platformDomain]));
    expect((await fixture.askPublicly('/edge/distributions')).status).toBe(404);
  });
});

describe('pages of a portal in a browser', () => {
  it('may call, those of strangers may not', async () => {
    const allowed = async (origin: string) =>
      (
        await fixture.server.request('GET', `/v2/portal/public/config?domain=${domain}`, {
          headers: { origin },
        })
      ).headers['access-control-allow-origin'];
    expect(await allowed(`https://${domain}`)).toBe(`https://${domain}`);
    expect(await allowed(`http://${domain}`)).toBeUndefined();
    expect(await allowed('https://stranger.example')).toBeUndefined();
  });
});
