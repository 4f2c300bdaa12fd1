import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { asObject, type JsonObject } from '../contract/json-object.ts';
import { loadServedContract } from '../contract/served-contract.ts';
import { customerWithGrants, relatedTo } from '../portal/entities/testing/customer-with-grants.ts';
import type { PortalCustomer } from '../portal/service/testing/portal-customer.ts';

interface Sample {
  readonly api: string;
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly params: JsonObject;
  readonly body: unknown;
  readonly sampleResponse: unknown;
}

const samples: readonly Sample[] = ['portal', 'pricing', 'erp-integration'].flatMap((file) =>
  JSON.parse(readFileSync(new URL(`../contract/samples/${file}.json`, import.meta.url), 'utf8')),
);

/** Documented calls that are refused although what they name exists, and why. All others succeed, or name in their bodies what nobody has. */
const REFUSED: Readonly<Record<number, readonly string[]>> = {
  // "example" and "string" are no dates, no enumerated values, no links, no partners, no prices, carts or webhooks; objects are left empty.
  400: [
    ...[
      'getConsumption',
      'getCosts',
      'getPrices',
      'getAutomationContext',
      'confirmUser',
      'ssoRedirect',
      'ssoCallback',
    ],
    ...['ssoLogin', 'ssoLoginV3', '$historicMarketPrices', '$averageMarketPrice', '$saveCredentials'],
    ...['listUseCaseHistory', 'processErpUpdatesEventsV3'],
    ...['createOrder', 'putOrder', '$checkoutCart', 'triggerErp'],
    // The sample asks for more buckets than the contract allows.
    'getMonitoringTimeSeries',
    // The sample names no portal, and nobody signs in for it.
    'getPublicPortalExtensionDetailsV3',
    // The address has registered by then.
    'createUserV3',
    // The slug of a use case stays what it is.
    'updateUseCase',
    // A use case of that id exists, and another portal has the sample's domain.
    ...['updateIntegrationV2', 'putPortalConfig'],
    // A product that nobody has is a mistake of the request; no hook knows ranges here.
    ...['$validateAvailabilityFile', 'getAllowedMeterReadingRange'],
  ],
  // No provider has registered these clients.
  401: ['deRegisterMLoginUser', 'notifyMLoginInterestChange'],
  // The portal has neither partners nor identifiers of contracts.
  403: [
    ...['listBusinessPartners', 'invitePartner', 'resendPartnerInvitation', 'enablePartner', 'revokePartner'],
    ...['disablePartner', 'addContractByIdentifiers'],
    // No partner's catalog is connected.
    ...['$searchExternalProducts', '$searchExternalProductRecommendations', '$searchProviders'],
    ...['$searchStreets', '$computePrice', '$getExternalCatalogProducts'],
    '$getExternalCatalogProductRecommendations',
  ],
  // Ids, uploads and contacts that nobody has.
  404: [
    ...['$getCredentials', 'swapPortalConfig', 'savePortalFiles'],
    ...['getResolvedSeamlessLink', 'getECPContact', 'getFileById', 'getPortalPage', 'getPortalPageBlocks'],
    ...['getPortalPageBlock', 'resendConfirmationEmail', 'saveEntityFile'],
    ...['trackFileDownloaded', 'loginToPortalAsUser', 'getPortalUserEntity', 'updateWorkflowStepAsDone'],
    ...[
      'updatePortalPage',
      'createPortalPageBlock',
      'updatePortalPageBlock',
      'updateCampaignPortalBlockStatus',
    ],
    ...['updateNotificationsStatus', 'acknowledgeTracking', 'deleteEntityFile', 'deletePortalPage'],
    ...['deletePortalPageBlock', 'deletePortalConfig', 'deleteUseCase', 'deleteIntegrationV2'],
    ...['deleteIntegrationAppMapping'],
  ],
  // The payload "string" is no JSON, and no type of an object.
  422: ['simulateMapping', 'simulateMappingV2'],
};

/** What is taken away comes last, and what ends everything at the very end. */
const LAST = ['revokeToken', 'deletePortalUser', 'deletePortal', 'deletePortalConfig'];

function order({ operationId, method }: Sample): number {
  const last = LAST.indexOf(operationId);
  if (last >= 0) return 3 + last;
  // Saving a whole portal changes its domain and what identifies its customers.
  if (/^(upsertPortal|putPortalConfig)$|^(delete|revoke|disable|swap)/.test(operationId)) return 2;
  return method === 'GET' ? 0 : 1;
}

/** Members that answers have where somebody has set them. */
const WHERE_SET = new Set([
  ...['domain_settings', 'design_id', 'accessToken', 'contact_identifiers', 'approval_state_attributes'],
  ...['email_templates', 'entity_identifiers', 'contract_identifiers', 'contract_selector_config'],
  ...['triggered_journeys', 'entity_edit_rules', 'allowed_file_extensions', 'meter_reading_grace_period'],
  ...[
    'inactive_contract_cutoff_years',
    'contractIdentification',
    'meterReadingPlausibilityCheck',
    'failedRule',
  ],
  ...[
    'certificate_details',
    'extensions',
    'default_user_to_notify',
    'description',
    'access_token_ids',
    'app_ids',
  ],
  ...['environment_config', 'settings', 'change_description', 'installerPortal', 'redeemed_promos'],
  ...['unit_amount_gross', 'unit_amount_net', 'reading', 'sector', 'meter_numbers'],
]);
/** Members that the public has no business with, who is not on file, and what a search answers in groups instead. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  getPortalConfigByDomain: ['pages', 'grants'],
  getPublicPortalConfig: ['pages', 'grants'],
  getPublicPortalConfigV3: ['pages', 'grants'],
  checkContactExists: ['contactId'],
  checkContactExistsV3: ['contactId'],
  searchPortalUserEntities: ['results', 'pagination'],
};

let me: PortalCustomer;
let ids: Readonly<Record<string, string>>;
let callers: ReadonlyMap<string, string | undefined>;

beforeAll(async () => {
  const edits = ['contract', 'order', 'opportunity'].flatMap((schema) => [
    ['entity:edit', `${schema}:*`] as const,
    ['entity:attribute:edit', `${schema}:*:*`] as const,
  ]);
  const settings = { billing: true, change_due_date: true };
  const domain = `${randomUUID()}.example.org`;
  const registration_identifiers = [
    { name: 'email', schema: 'contact' },
    { name: 'contract_number', schema: 'contract' },
  ];
  me = await customerWithGrants({ domain, feature_settings: settings, registration_identifiers }, edits);
  const staff = (method: string, path: string, body: object) =>
    me.server.request(method, path, { token: me.admin, body });
  const customer = relatedTo(me.contactId);
  const contract = await me.create('contract', { customer, contract_name: 'Strom' });
  const integration = await staff('POST', '/v2/integrations', { name: 'ERP', use_cases: [] });
  const integrationId = String(integration.body['id']);
  const templates = samples.find(({ operationId }) => operationId === 'upsertEmailTemplates')?.body;
  await staff('POST', '/v2/portal/email-templates?origin=END_CUSTOMER_PORTAL', asObject(templates));
  const configuration = { entities: [] };
  const useCase = await staff('POST', `/v1/integrations/${integrationId}/use-cases`, {
    ...{ name: 'Kunde', type: 'inbound', enabled: true, configuration },
  });
  const meter = await me.create('meter', { contract: relatedTo(contract) });
  ids = {
    ...{ origin: 'END_CUSTOMER_PORTAL', portal_id: me.portalId, org_id: me.org, domain },
    ...{ integrationId, useCaseId: String(useCase.body['id']), slug: 'contract', schema: 'contract' },
    ...{ entity_id: contract, contract, meter_id: meter },
    counter_id: await me.create('meter_counter', { meter: relatedTo(meter), direction: 'feed-in' }),
    order: await me.create('order', { customer, status: 'quote' }),
    opportunity: await me.create('opportunity', { customer }),
    account: await me.create('billing_account', { billing_contact: customer }),
  };
  const { operations } = await loadServedContract();
  callers = new Map(
    operations.map(({ api, operationId, security, anonymous }) => {
      const isPortal = security.includes('PortalAuth') || security.includes('EitherAuth');
      const token =
        anonymous && !security.includes('EpilotAuth') ? undefined : isPortal ? me.token : me.admin;
      return [`${api} ${operationId}`, token];
    }),
  );
});

/** Integrations of the Pricing API have names of their own: the documented ones. */
const PRICING_OWN = { integrationId: undefined };
const OWN_IN_BODIES = new Set(['meter_id', 'counter_id', 'org_id', 'orgId']);

/** The id that exists, as the kind of value that is documented. */
function ownValue(name: string, documented: unknown): unknown {
  // Every portal has a domain of its own.
  if (name === 'domain') return `${randomUUID()}.example.org`;
  const value = ids[name === 'orgId' ? 'org_id' : name];
  return typeof documented === 'number' ? Number(value) : value;
}

/** The documented call with ids that exist in place of the documented ones. */
async function send({ api, operationId, method, path, params, body }: Sample) {
  const subject = ['order', 'opportunity', 'account'].find((one) => path.includes(`/${one.slice(0, 7)}`));
  const own = { ...ids, id: ids[subject ?? 'contract'], ...(api === 'pricing' ? PRICING_OWN : {}) };
  const query = new URLSearchParams();
  // What may be called without a token names its organisation in a header.
  const headers = api === 'pricing' ? { 'x-epilot-org-id': me.org } : {};
  let filled = path;
  for (const [name, documented] of Object.entries(params)) {
    const value = String(Object.entries(own).find(([known]) => known === name)?.[1] ?? documented);
    if (/^X-/i.test(name)) continue;
    if (filled.includes(`{${name}}`)) filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    else query.set(name, value);
  }
  const replaced = Object.entries(asObject(body)).map(([name, value]) => [
    name,
    OWN_IN_BODIES.has(name) || value === 'abc.com' ? ownValue(name, value) : value,
  ]);
  const sent = Array.isArray(body) ? body : Object.fromEntries(replaced);
  return me.server.request(method, `${filled}?${query}`, {
    token: callers.get(`${api} ${operationId}`),
    headers,
    ...(body === null || body === undefined ? {} : { body: sent }),
  });
}

describe('the documented calls', () => {
  const inOrder = [...samples].sort((one, other) => order(one) - order(other));

  it.each(inOrder)('$operationId', async (sample) => {
    const { operationId, sampleResponse } = sample;
    const refused = Object.entries(REFUSED).find(([, operations]) => operations.includes(operationId))?.[0];
    const { status, body } = await send(sample);
    const outcome = status < 400 ? 'accepted' : String(status);
    expect([outcome, outcome === (refused ?? 'accepted') ? '' : body]).toEqual([refused ?? 'accepted', '']);
    if (refused !== undefined) return;
    const leftOut = new Set([...WHERE_SET, ...(LEFT_OUT[operationId] ?? [])]);
    const missing = Object.keys(asObject(sampleResponse)).filter(
      (member) => !leftOut.has(member) && asObject(body)[member] === undefined,
    );
    expect(missing).toEqual([]);
  });

  it('are 182, each of another operation', () => {
    expect(new Set(samples.map(({ api, operationId }) => `${api} ${operationId}`)).size).toBe(182);
  });
});
