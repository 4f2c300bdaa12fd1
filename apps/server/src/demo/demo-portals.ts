import { readSignInSettings } from '../identity/index.ts';
import type { RunningServer } from '../run-server.ts';
import type { DemoAnswer, DemoClient } from './demo-client.ts';

/** The organisation id of Stadtwerke Musterstadt. */
export const DEMO_ORGANISATION = '739224';

interface DemoCustomer {
  readonly customerNumber: string;
  readonly email: string;
  readonly password: string;
}

const PASSWORD = 'Musterstadt-2025!';

/** Customers of the demo utility who have an account in its customer portal, the first one first. */
export function demoCustomers(): readonly DemoCustomer[] {
  return [
    { customerNumber: '1000004000', email: 'wiebke.harmsen0@post.example', password: PASSWORD },
    { customerNumber: '1000004021', email: 'uwe.brandt3@post.example', password: PASSWORD },
  ];
}

/** Creates the customer portal and the installer portal, and accounts for some customers, as an administrator would. */
export async function loadPortals(server: RunningServer, client: DemoClient): Promise<void> {
  const { data } = await client.send('GET', '/v3/portal/configs');
  const existing: readonly DemoAnswer[] = Array.isArray(data) ? data : [];
  const ensure = async (config: { readonly origin: string; readonly [member: string]: unknown }) =>
    existing.find(({ origin }) => origin === config.origin) ??
    (await client.send('POST', '/v3/portal/config', config));
  const portal = await ensure({
    origin: 'END_CUSTOMER_PORTAL',
    name: 'Mein Stadtwerk',
    enabled: true,
    domain: 'mein.stadtwerke-musterstadt.example',
    allowed_portal_entities: [
      'contact',
      'account',
      'contract',
      'billing_account',
      'billing_event',
      'meter',
      'meter_counter',
      'order',
      'opportunity',
      'file',
    ],
  });
  await ensure({
    origin: 'INSTALLER_PORTAL',
    name: 'Installateurportal',
    enabled: true,
    domain: 'installateure.stadtwerke-musterstadt.example',
    allowed_portal_entities: ['contact', 'opportunity', 'order', 'meter', 'file'],
  });
  for (const customer of demoCustomers())
    await createAccount(server, client, String(portal['portal_id']), customer);
}

async function createAccount(
  server: RunningServer,
  client: DemoClient,
  portalId: string,
  customer: DemoCustomer,
): Promise<void> {
  const contact = await findContact(client, customer.customerNumber);
  const user = await client.send('PATCH', '/v1/entity/portal_user:upsert', {
    unique_key: ['external_id'],
    entity: {
      external_id: `demo-${customer.customerNumber}`,
      email: [{ email: customer.email }],
      portal_id: portalId,
      origin: 'END_CUSTOMER_PORTAL',
      access_status: true,
      registration_status: 'Registered',
      mapping_status: 'Mapped',
      mapped_contact: { $relation: [{ entity_id: contact['_id'] }] },
    },
  });
  const { identity } = server.busbar.rooms;
  const password = await identity.accounts.hashPassword(
    { org: DEMO_ORGANISATION, portalId },
    customer.password,
    readSignInSettings(portalId, {}).passwordPolicy,
  );
  await server.busbar.storage.database.tenant(DEMO_ORGANISATION).transaction((tx) =>
    identity.accounts.createPortalAccount(tx, {
      portalId,
      portalUserId: String(user['_id']),
      email: customer.email,
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
