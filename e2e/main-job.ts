import { DEMO_ORGANISATION, demoCustomers } from '../apps/server/src/demo/demo-portals.ts';
import type { StandInErp } from '../apps/server/src/demo/stand-in-erp.ts';
import { sdkClients, signIn } from './clients.ts';
import type { ServerProcess } from './server-process.ts';
import { until } from './until.ts';

const CONTRACT_NUMBER = 'V-7000100';

/**
 * The main job with the published clients: an ERP event goes in, the customer's portal shows it; the customer's reading comes out as a signed
 * webhook. `say` hears each step; throws when one does not happen.
 */
export async function runMainJob(
  server: ServerProcess,
  erp: StandInErp,
  say: (line: string) => void,
): Promise<void> {
  const adminToken = await server.command('token', 'admin');
  const admin = sdkClients(server.url, adminToken);
  say(`admin token of organisation ${DEMO_ORGANISATION}: ${adminToken.slice(0, 24)}…`);

  const { data: listed } = await admin.toolkit.listIntegrations();
  const integration = listed.integrations?.[0];
  if (!integration?.id) throw new Error('The demo utility has no integration');
  say(`integration: ${integration.name}`);

  const instalment = 100 + (Date.now() % 50);
  const { data: accepted } = await admin.toolkit.processErpUpdatesEventsV3(null, {
    integration_id: integration.id,
    events: [contractEvent(instalment)],
  });
  const [result] = accepted.results ?? [];
  if (result?.status !== 'success')
    throw new Error(`The event was not accepted: ${JSON.stringify(accepted)}`);
  say(
    `ERP event ${result.event_id} accepted: contract ${CONTRACT_NUMBER} now pays ${instalment} EUR a month`,
  );

  const [customer] = demoCustomers();
  if (!customer) throw new Error('The demo utility has no portal customer');
  const { data: portals } = await admin.portal.listAllPortalConfigs();
  const portal = portals.data?.find(({ origin }) => origin === 'END_CUSTOMER_PORTAL');
  if (!portal?.portal_id) throw new Error('The demo utility has no customer portal');
  const customerToken = await signIn(server.url, portal.portal_id, customer.email, customer.password);
  const mine = sdkClients(server.url, customerToken);
  say(`${customer.email} signed in to "${portal.name}"`);

  const contract = await until('the portal shows the new instalment', async () => {
    const { data } = await mine.portal.getAllContracts();
    const found = data.data?.find((one) => one['contract_number'] === CONTRACT_NUMBER);
    return found?.['installment_amount'] === instalment * 100 ? found : undefined;
  });
  say(
    `the portal shows contract ${contract['contract_number']}: installment_amount ${contract['installment_amount']} cents`,
  );

  const { data: bundle } = await mine.portal.getContract(String(contract['_id']));
  const meter = bundle.meters?.[0];
  if (!meter?._id) throw new Error('The contract has no meter');
  const { data: counters } = await mine.portal.searchPortalUserEntities(null, {
    slug: 'meter_counter',
    size: 10,
  });
  const counter = hitsOf(counters).find((one) =>
    JSON.stringify(one['meter'] ?? '').includes(String(meter._id)),
  );
  const before = erp.received.length;
  const value = 40_000 + (Date.now() % 10_000);
  await mine.portal.createMeterReading(null, {
    meter_id: meter._id,
    ...(counter ? { counter_id: String(counter['_id']) } : {}),
    value,
    source: 'ECP',
    reason: 'regular',
  });
  say(`the customer read meter ${meter['meter_number'] ?? meter._id}: ${value}`);

  const call = await until('the ERP received the reading', async () => erp.received[before]);
  say(
    `the ERP received POST ${call.path}, signed ${String(call.headers['webhook-signature']).slice(0, 24)}…`,
  );
  say(call.body);
  if (!call.body.includes(String(value))) throw new Error('The webhook does not carry the reading');
}

function contractEvent(instalment: number) {
  const payload = {
    contractId: 'C000001',
    contractNumber: CONTRACT_NUMBER,
    status: 'ACTIVE',
    branch: 'ELECTRICITY',
    customer: { number: '1000004000', type: 'private' },
    billingAccount: '000200000100',
    product: { code: 'STROM-BASIS', name: 'Musterstrom Basis' },
    deliveryPoint: {
      marketLocation: '73239303420',
      address: { street: 'Lindenstraße', houseNumber: '93', zip: '12345', city: 'Musterstadt' },
    },
    begin: '2022-12-01',
    end: null,
    noticeWeeks: 4,
    installment: { amount: instalment, dueDay: 15 },
    meters: [{ number: '1EMH0098120077' }],
  };
  return { use_case_slug: 'contract', timestamp: new Date().toISOString(), format: 'json' as const, payload };
}

/** The entities of a search without grouping, whatever the union of its answers says. */
function hitsOf(answer: object): Readonly<Record<string, unknown>>[] {
  const list: unknown = Object.values(answer).find(Array.isArray);
  return Array.isArray(list) ? list : [];
}
