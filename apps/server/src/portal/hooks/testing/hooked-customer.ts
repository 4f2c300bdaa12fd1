import { type PortalCustomer, portalCustomer } from '../../service/testing/portal-customer.ts';

/** A customer of a portal with this configuration, whose utility has installed one app (`app-1`) with these extensions. */
export async function hookedCustomer(
  extensions: readonly object[],
  config: object = {},
): Promise<PortalCustomer> {
  const customer = await portalCustomer();
  const { server, admin, portalId } = customer;
  const installed = await server.request('PUT', '/ext/v1/apps/app-1/extensions', {
    token: admin,
    body: { app_name: 'App One', extensions },
  });
  if (installed.status !== 200) throw new Error(JSON.stringify(installed.body));
  const saved = await server.request('PUT', `/v3/portal/config/${portalId}`, {
    token: admin,
    body: { origin: 'END_CUSTOMER_PORTAL', name: 'Mein Portal', enabled: true, ...config },
  });
  if (saved.status >= 300) throw new Error(JSON.stringify(saved.body));
  return customer;
}
