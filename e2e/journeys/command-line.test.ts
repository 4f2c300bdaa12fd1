import { beforeAll, expect, inject, it } from 'vitest';
import { demoCustomers } from '../../apps/server/src/demo/demo-portals.ts';
import { sdkClients, signIn } from '../clients.ts';
import { epilot } from '../command-line.ts';

/** JSON as the command line prints it. */
interface Printed {
  readonly [member: string]: Printed;
  readonly [index: number]: Printed;
}

/** An operation, its path parameters and flags, and what its answer must look like. */
type Command = readonly [operationId: string, args: readonly string[], expected: unknown];

const { url, adminToken } = inject('demo');
const PASSWORD_RESET = { type: 'PortalUserResetPassword' };
const domain = 'mein.stadtwerke-musterstadt.example';
let portalId: string;
let customerToken: string;

beforeAll(async () => {
  const { portal } = sdkClients(url, adminToken);
  const { data } = await portal.listAllPortalConfigs();
  portalId = String(data.data?.find(({ origin }) => origin === 'END_CUSTOMER_PORTAL')?.portal_id);
  // Somebody whom no other journey meets.
  const account = demoCustomers().at(-1);
  if (!account) throw new Error('The demo utility has no customers');
  customerToken = await signIn(url, portalId, account.email, account.password);
});

async function run(token: string, operationId: string, args: readonly string[] = []): Promise<Printed> {
  const printed = await epilot('customer-portal', operationId, ...args, '-s', url, '-t', token);
  return printed.trim() === '' ? {} : JSON.parse(printed);
}

/** Runs commands, two at a time and so in no certain order, and holds what they print against what is expected. */
async function runAll(token: string, commands: readonly Command[]): Promise<void> {
  const left = [...commands];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [operationId, args, expected] = next;
      expect(await run(token, operationId, args), operationId).toMatchObject(Object(expected));
    }
  };
  await Promise.all([worker(), worker()]);
}

const body = (value: object) => ['-d', JSON.stringify(value)];
const query = (name: string, value: string) => ['-p', `${name}=${value}`];

it('a customer uses their portal from the command line', async () => {
  const contract = String((await run(customerToken, 'getAllContracts'))['data']?.[0]?.['_id']);
  const bundle = await run(customerToken, 'getContract', [contract]);
  const meter = String(bundle['meters']?.[0]?.['_id']);
  const contact = String((await run(customerToken, 'getContact'))['entity']?.['_id']);
  await runAll(customerToken, [
    ['validateToken', [], {}],
    ['getPortalConfig', [], { origin: 'END_CUSTOMER_PORTAL' }],
    ['getPortalUser', [], { data: { _schema: 'portal_user' } }],
    ['getSchemas', [], { schemas: expect.arrayContaining([expect.objectContaining({ slug: 'contract' })]) }],
    ['getAllOrders', [], { data: expect.any(Array) }],
    ['getAllOpportunities', [], { data: expect.any(Array) }],
    ['getAllRequests', [], { hits: expect.any(Number), results: expect.any(Array) }],
    ['getSearchableAttributesForOpportunities', [], { data: expect.any(Array) }],
    [
      'searchPortalUserEntities',
      body({ slug: 'contract', size: 1 }),
      { hits: 1, results: [{ _schema: 'contract' }] },
    ],
    ['getPortalUserEntity', body({ slug: 'meter', entity_id: meter }), { result: { _id: meter } }],
    ['getEntityActivityFeed', ['contract', contract], { total: expect.any(Number) }],
    ['getEntityWorkflows', ['contract', contract], { workflow_executions: expect.any(Array) }],
    ['validateCadenceEntityEditRules', ['contract', contract], { isBlockedByRules: false }],
    ['searchPaymentRelationsInEntities', ['no-payment'], { hits: 0, results: [] }],
    [
      'triggerEntityAccessEventV3',
      ['contract', ...query('entity_id', contract)],
      { eventId: expect.any(String) },
    ],
    ['createCustomEntityActivity', body(PASSWORD_RESET), PASSWORD_RESET],
    ['getFilesCountByEntity', [], expect.any(Array)],
    ['getBillingEvents', query('sort', 'paid_date:desc,booking_date:desc'), { hits: expect.any(Number) }],
    ['getCustomerBalance', [], { balance_currency: 'EUR', balance_decimal: expect.any(String) }],
    [
      'updateContact',
      body({ phone: [{ phone: '+49 4841 4711' }] }),
      { data: { _id: contact, phone: [{ phone: '+49 4841 4711' }] } },
    ],
    ['getOrganizationSettings', [], { data: expect.any(Object) }],
    ['getPortalWidgets', [], { widgets: expect.any(Array) }],
  ]);
});

it('staff run their portals from the command line', async () => {
  const made = await run(
    adminToken,
    'createPortalConfig',
    body({ origin: 'B2B_PORTAL', name: 'Geschäftskunden', enabled: true }),
  );
  const own = String(made['portal_id']);
  await runAll(adminToken, [
    ['getPortalConfigV3', [own], { portal_id: own }],
    [
      'putPortalConfig',
      [own, ...body({ origin: 'B2B_PORTAL', name: 'Firmen', enabled: true })],
      { name: 'Firmen' },
    ],
    [
      'listAllPortalConfigs',
      [],
      { data: expect.arrayContaining([expect.objectContaining({ portal_id: portalId })]) },
    ],
    ['getEntityIdentifiers', ['contact'], { data: expect.any(Array) }],
    ['getRegistrationIdentifiers', query('portal_id', portalId), { data: { contact: expect.any(Array) } }],
    [
      'getPortalPages',
      query('domain', domain),
      expect.arrayContaining([expect.objectContaining({ slug: 'login' })]),
    ],
    ['getDefaultPages', [], expect.arrayContaining([expect.objectContaining({ is_system: true })])],
    ['getEmailTemplatesByPortalId', [portalId], {}],
    ['getPortalWidgetsV3', query('portal_id', portalId), { widgets: expect.any(Array) }],
    ['extraPermissionAttributes', [], { data: { contact: expect.any(Array) } }],
    ['getPortalConfigByDomain', query('domain', domain), { portal_id: portalId }],
  ]);
  await run(adminToken, 'deletePortalConfig', [own]);
  await expect(run(adminToken, 'getPortalConfigV3', [own])).rejects.toThrow('PORTAL_NOT_FOUND');
});
