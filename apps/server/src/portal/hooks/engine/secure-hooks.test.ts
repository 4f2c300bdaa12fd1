import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { hookedCustomer } from '../testing/hooked-customer.ts';
import { standInApp } from '../testing/stand-in-app.ts';

const app = standInApp();
const RANGE = 'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&interval=P1D';

const extension = (secure_proxy: object, more: object = {}) => ({
  ...{ id: 'erp', name: { en: 'ERP' } },
  hooks: [
    {
      ...{ id: 'usage', type: 'consumptionDataRetrieval', secure_proxy, ...more },
      auth: { url: `${app.url}/token` },
      call: { url: `${app.url}/usage` },
    },
  ],
});
const named = (integration_id: string) => ({ integration_id, use_case_slug: 'link' });

/** A customer of a portal whose hook goes through a secure link to this machine, which the operator of the test server has opened. */
async function customerWith(allowed_domains: readonly string[]) {
  const customer = await hookedCustomer([], { extensions: [{ id: 'erp', status: 'enabled' }] });
  const { server, admin: token } = customer;
  const configuration = { vpc_mode: 'secure_link' };
  const made = await server.request('POST', '/v2/integrations', {
    token,
    body: {
      name: 'ERP',
      use_cases: [{ name: 'Link', slug: 'link', type: 'secure_proxy', enabled: true, configuration }],
    },
  });
  const id = String(made.body['id']);
  const link = `/v2/integrations/${id}/use-cases/${made.body['use_cases']?.[0]?.['id']}/secure-proxy-whitelist`;
  const lists = { allowed_domains, allowed_ips: ['127.0.0.1/32'] };
  expect((await server.request('PUT', link, { token, body: lists })).status).toBe(200);
  const install = (extensions: readonly object[]) =>
    server.request('PUT', '/ext/v1/apps/app-1/extensions', { token, body: { extensions } });
  return { ...customer, install, id };
}

it('hooks go through the secure proxy they name, with their sign-in', async () => {
  const { ask, install, id } = await customerWith(['127.0.0.1']);
  expect((await install([extension(named(id))])).status).toBe(200);
  app.answer(() => ({ body: [] }));
  const path = `/v2/portal/consumption?extensionId=erp&${RANGE}`;
  expect((await ask('GET', path)).body).toEqual({ consumptions: [] });
  expect(app.received.map((request) => request.path)).toEqual(['/token', '/usage']);
});

it('and nowhere else, although the server itself may call there', async () => {
  const { ask, install, id } = await customerWith(['erp.example']);
  const path = `/v2/portal/consumption?extensionId=erp&${RANGE}`;
  for (const proxy of [named(id), named(randomUUID()), { ...named(id), use_case_slug: 'other' }]) {
    expect((await install([extension(proxy)])).status).toBe(200);
    const answer = await ask('GET', path);
    expect(answer).toMatchObject({ status: 500, body: { reason: 'UPSTREAM_ERROR' } });
    expect(JSON.stringify(answer.body)).not.toMatch(/proxy|127\.0/i);
  }
  expect(app.received).toEqual([]);
});

it('are refused with proxies that cannot be meant', async () => {
  const { install, id } = await customerWith([]);
  const problems = async (one: object) => (await install([one])).body['errors'];
  const at = 'body.extensions[0].hooks[0].secure_proxy';
  expect(await problems(extension({}))).toMatchObject([
    { path: `${at}.integration_id` },
    { path: `${at}.use_case_slug` },
  ]);
  expect(await problems(extension(named('x')))).toMatchObject([{ path: `${at}.integration_id` }]);
  expect(await problems(extension(named(id), { use_static_ips: true }))).toMatchObject([{ path: at }]);
});
