import { portalRoleSlug, readSignInSettings, roleId } from '../identity/index.ts';
import type { RunningServer } from '../run-server.ts';
import type { DemoAnswer, DemoClient } from './demo-client.ts';
import { CUSTOMER_PORTAL, type DemoPortal, INSTALLER_PORTAL } from './demo-portal-settings.ts';

/** The organisation id of Stadtwerke Musterstadt. */
export const DEMO_ORGANISATION = '739224';

interface DemoAccount {
  readonly customerNumber: string;
  readonly email: string;
  readonly password: string;
}

const PASSWORD = 'Musterstadt-2025!';

/** Customers of the demo utility who have an account in its customer portal, the first one first. */
export function demoCustomers(): readonly DemoAccount[] {
  return [
    { customerNumber: '1000004000', email: 'wiebke.harmsen0@post.example', password: PASSWORD },
    { customerNumber: '1000004021', email: 'uwe.brandt3@post.example', password: PASSWORD },
  ];
}

/** The installer who has an account in the installer portal. */
export function demoInstaller(): DemoAccount {
  return { customerNumber: '1000009001', email: 'hinrich.solarbau@handwerk.example', password: PASSWORD };
}

/** Creates the customer portal and the installer portal with what their users may change, and accounts, as an administrator would. */
export async function loadPortals(server: RunningServer, client: DemoClient): Promise<void> {
  const customers = await ensurePortal(server, client, CUSTOMER_PORTAL);
  const installers = await ensurePortal(server, client, INSTALLER_PORTAL);
  for (const customer of demoCustomers())
    await createAccount(server, client, { portalId: customers, origin: 'END_CUSTOMER_PORTAL' }, customer);
  await createAccount(server, client, { portalId: installers, origin: 'INSTALLER_PORTAL' }, demoInstaller());
}

/** Answers the portal's id. */
async function ensurePortal(
  server: RunningServer,
  client: DemoClient,
  { config, grants }: DemoPortal,
): Promise<string> {
  const { data } = await client.send('GET', '/v3/portal/configs');
  const existing: readonly DemoAnswer[] = Array.isArray(data) ? data : [];
  const portal =
    existing.find(({ origin }) => origin === config.origin) ??
    (await client.send('POST', '/v3/portal/config', config));
  const portalId = String(portal['portal_id']);
  const { organisations } = server.busbar.rooms.identity;
  await server.busbar.storage.database.tenant(DEMO_ORGANISATION).transaction(async (tx) => {
    const role = await organisations.role(tx, roleId(DEMO_ORGANISATION, portalRoleSlug(portalId)));
    if (!role) throw new Error(`The portal ${portalId} has no role`);
    const has = (action: string, resource: string) =>
      role.grants.some((grant) => grant.action === action && grant.resource === resource);
    const added = grants.filter(({ action, resource }) => !has(action, resource));
    await organisations.putRole(tx, { ...role, grants: [...role.grants, ...added] });
  });
  return portalId;
}

async function createAccount(
  server: RunningServer,
  client: DemoClient,
  { portalId, origin }: { readonly portalId: string; readonly origin: string },
  account: DemoAccount,
): Promise<void> {
  const contact = await findContact(client, account.customerNumber);
  const user = await client.send('PATCH', '/v1/entity/portal_user:upsert', {
    unique_key: ['external_id'],
    entity: {
      external_id: `demo-${account.customerNumber}`,
      email: [{ email: account.email }],
      portal_id: portalId,
      origin,
      access_status: true,
      registration_status: 'Registered',
      mapping_status: 'Mapped',
      mapped_contact: { $relation: [{ entity_id: contact['_id'] }] },
    },
  });
  const { identity } = server.busbar.rooms;
  const password = await identity.accounts.hashPassword(
    { org: DEMO_ORGANISATION, portalId },
    account.password,
    readSignInSettings(portalId, {}).passwordPolicy,
  );
  await server.busbar.storage.database.tenant(DEMO_ORGANISATION).transaction((tx) =>
    identity.accounts.createPortalAccount(tx, {
      portalId,
      portalUserId: String(user['_id']),
      email: account.email,
      password,
      emailVerified: true,
    }),
  );
}

async function findContact(client: DemoClient, customerNumber: string): Promise<DemoAnswer> {
  const { results } = await client.send('POST', '/v1/entity:search', {
    q: `_schema:contact AND customer_number:"${customerNumber}"`,
    size: 1,
  });
  const [contact] = Array.isArray(results) ? results : [];
  if (!contact) throw new Error(`The demo data has no customer ${customerNumber}`);
  return contact;
}
