import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStandInApp, type StandInApp } from '../../apps/server/src/portal/hooks/testing/stand-in-app.ts';
import { refusalOf } from '../refusal-of.ts';
import { type HookedPortal, hookedPortal } from './hooked-portal.ts';

/** Opened by the operator for secure links, and for nothing else. */
const PRIVATE_HOST = '127.0.0.3';
const RANGE = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', interval: 'P1D' as const };

let portal: HookedPortal;
let system: StandInApp;
beforeAll(async () => {
  [portal, system] = await Promise.all([hookedPortal(), openStandInApp(PRIVATE_HOST)]);
});
afterAll(() => Promise.all([portal.close(), system.close()]));

it('staff and customers reach a private system through its secure proxy, and only so', async () => {
  const { toolkit, portal: admin } = portal.staff;
  system.answer(({ path }) => ({ body: path === '/version' ? { version: 7 } : [] }));
  const { data: made } = await toolkit.createIntegrationV2(null, {
    name: 'Leittechnik',
    use_cases: [
      {
        ...{ name: 'Tunnel', slug: 'tunnel', type: 'secure_proxy', enabled: true },
        configuration: { vpc_mode: 'secure_link' },
      },
    ],
  });
  const [tunnel] = made.use_cases ?? [];
  const ids = { integrationId: made.id, useCaseId: String(tunnel?.id) };
  const ask = () =>
    toolkit.secureProxy(null, {
      ...{ integration_id: made.id, use_case_slug: 'tunnel' },
      ...{ url: `${system.url}/version`, method: 'GET' },
    });
  expect(await refusalOf(ask())).toMatchObject({
    ...{ status: 403, body: { code: 'SECURE_PROXY_DOMAIN_NOT_ALLOWED' } },
  });
  await toolkit.updateSecureProxyWhitelist(ids, {
    ...{ allowed_domains: [PRIVATE_HOST], allowed_ips: [`${PRIVATE_HOST}/32`] },
  });
  expect((await ask()).data).toMatchObject({ status_code: 200, body: { version: 7 } });
  const { data: proxies } = await toolkit.listSecureProxies();
  expect(proxies.secure_proxies).toContainEqual(
    expect.objectContaining({ id: ids.useCaseId, integration_name: 'Leittechnik', vpc_mode: 'secure_link' }),
  );
  const { data: history } = await toolkit.listSecureProxyWhitelistHistory(ids);
  expect(history.history).toHaveLength(1);

  const kim = await portal.customer();
  const hook = { type: 'consumptionDataRetrieval', call: { url: `${system.url}/usage` } };
  const secure_proxy = { integration_id: made.id, use_case_slug: 'tunnel' };
  const extensionId = `grid-${randomUUID()}`;
  await portal.install([
    {
      ...{ id: extensionId, name: { en: 'Grid' } },
      hooks: [
        { ...hook, id: 'through', secure_proxy },
        { ...hook, id: 'around' },
      ],
    },
  ]);
  await admin.putPortalConfig(
    { portal_id: portal.portalId },
    { extensions: [{ id: extensionId, status: 'enabled' }] },
  );
  const usage = (hookId: string) => kim.portal.getConsumption({ extensionId, hookId, ...RANGE });
  expect((await usage('through')).data).toEqual({ consumptions: [] });
  expect(await refusalOf(usage('around'))).toMatchObject({ status: 500, body: { reason: 'UPSTREAM_ERROR' } });
  expect(system.received.map(({ path }) => path)).toEqual(['/version', '/usage']);
  await toolkit.deleteIntegrationV2({ integrationId: made.id });
  expect(await refusalOf(usage('through'))).toMatchObject({
    status: 500,
    body: { reason: 'UPSTREAM_ERROR' },
  });
});
