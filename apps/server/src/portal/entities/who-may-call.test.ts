import { beforeAll, describe, expect, it } from 'vitest';
import type { PortalCustomer } from '../service/testing/portal-customer.ts';
import { customerWithGrants, relatedTo } from './testing/customer-with-grants.ts';

const UNKNOWN = '5da0a718-c822-403d-9f5d-20d4584e0528';

interface Asked {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** Every operation of this part: method, path and body; `ID` stands for a contract, order or opportunity. */
const OPERATIONS: readonly Asked[] = [
  { operationId: 'getContact', method: 'GET', path: '/v2/portal/contact' },
  { operationId: 'updateContact', method: 'PATCH', path: '/v2/portal/contact', body: {} },
  {
    operationId: 'getPortalUserEntity',
    method: 'POST',
    path: '/v2/portal/entity:get',
    body: { slug: 'contract', entity_id: 'ID' },
  },
  {
    operationId: 'searchPortalUserEntities',
    method: 'POST',
    path: '/v2/portal/entity:search',
    body: { slug: 'contract' },
  },
  { operationId: 'getAllOrders', method: 'GET', path: '/v2/portal/order' },
  { operationId: 'getOrder', method: 'GET', path: '/v2/portal/order/ID' },
  { operationId: 'updateOrder', method: 'PATCH', path: '/v2/portal/order/ID', body: {} },
  {
    operationId: 'postOrderAcceptance',
    method: 'POST',
    path: '/v2/portal/order/ID/acceptance',
    body: { decision: 'accept' },
  },
  { operationId: 'getAllOpportunities', method: 'GET', path: '/v2/portal/opportunity' },
  { operationId: 'getOpportunity', method: 'GET', path: '/v2/portal/opportunities/ID' },
  { operationId: 'updateOpportunity', method: 'PATCH', path: '/v2/portal/opportunities/ID', body: {} },
  {
    operationId: 'getSearchableAttributesForOpportunities',
    method: 'GET',
    path: '/v2/portal/opportunities/searchable-attributes',
  },
  {
    operationId: 'getSearchResultsForOpportunities',
    method: 'POST',
    path: '/v2/portal/opportunities/search',
    body: {},
  },
  { operationId: 'getAllRequests', method: 'GET', path: '/v2/portal/request' },
  { operationId: 'getAllContracts', method: 'GET', path: '/v2/portal/contract' },
  { operationId: 'getContract', method: 'GET', path: '/v2/portal/contract/ID' },
  { operationId: 'updateContract', method: 'PATCH', path: '/v2/portal/contract/ID', body: {} },
  {
    operationId: 'addContractByIdentifiers',
    method: 'POST',
    path: '/v2/portal/contract/by-identifiers',
    body: {},
  },
  {
    operationId: 'createCustomEntityActivity',
    method: 'PUT',
    path: '/v2/portal/entity/activity',
    body: { type: 'PortalUserResetPassword' },
  },
  {
    operationId: 'triggerEntityAccessEvent',
    method: 'POST',
    path: '/v2/portal/entity/contract/access?origin=END_CUSTOMER_PORTAL',
  },
  { operationId: 'triggerEntityAccessEventV3', method: 'POST', path: '/v3/portal/entity/contract/access' },
  { operationId: 'getEntityWorkflows', method: 'GET', path: '/v2/portal/entity/contract/ID/workflows' },
  {
    operationId: 'updateWorkflowStepAsDone',
    method: 'PUT',
    path: '/v2/portal/workflow/unknown/unknown:markDone',
  },
];
const FOR_BOTH: typeof OPERATIONS = [
  { operationId: 'getEntityActivityFeed', method: 'GET', path: '/v2/portal/entity/contract/ID/activity' },
  {
    operationId: 'validateCadenceEntityEditRules',
    method: 'GET',
    path: '/v2/portal/contract/ID:validateRule',
  },
  {
    operationId: 'searchPaymentRelationsInEntities',
    method: 'GET',
    path: `/v2/portal/entities-by-payment/${UNKNOWN}`,
  },
];

let me: PortalCustomer;
let other: PortalCustomer;
let foreign: Readonly<Record<'contract' | 'order' | 'opportunity', string>>;

beforeAll(async () => {
  [me, other] = [await customerWithGrants(), await customerWithGrants()];
  const customer = relatedTo(other.contactId);
  foreign = {
    contract: await other.create('contract', { customer }),
    order: await other.create('order', { customer, status: 'quote' }),
    opportunity: await other.create('opportunity', { customer }),
  };
});

function ask({ method, path, body }: Asked, token: string | undefined, id: string) {
  const text = JSON.stringify(body)?.replaceAll('ID', id);
  return me.server.request(method, path.replace('/ID', `/${id}`), { token, body: text });
}

const idFor = (path: string) =>
  path.includes('order')
    ? foreign.order
    : path.includes('opportunit')
      ? foreign.opportunity
      : foreign.contract;

describe.each([...OPERATIONS, ...FOR_BOTH])('$operationId', (operation) => {
  it('needs a token', async () => {
    expect((await ask(operation, undefined, UNKNOWN)).status).toBe(401);
    expect((await ask(operation, 'nonsense', UNKNOWN)).status).toBe(401);
  });

  it('tells nothing of another organisation, and never fails', async () => {
    const answer = await ask(operation, me.token, idFor(operation.path));
    const namesOne = JSON.stringify(operation).includes('ID');
    // Without the grant to edit, what is out of reach is 404 all the same: existence stays hidden.
    expect(namesOne ? [404] : [200, 201, 403, 404]).toContain(answer.status);
    expect(JSON.stringify(answer.body)).not.toContain(other.contactId);
  });
});

it.each(OPERATIONS)('$operationId is not for staff', async (operation) => {
  expect((await ask(operation, me.admin, UNKNOWN)).status).toBe(401);
});

it.each(FOR_BOTH)('$operationId is for staff within their organisation', async (operation) => {
  const isList = operation.path.includes('by-payment');
  expect((await ask(operation, me.admin, foreign.contract)).status).toBe(isList ? 200 : 404);
  expect((await ask(operation, other.admin, foreign.contract)).status).toBe(200);
});

it('keeps portals of one organisation apart by their users', async () => {
  const neighbour = await me.another();
  const contract = await me.create('contract', { customer: relatedTo(neighbour.contactId) });
  expect((await me.ask('GET', `/v2/portal/contract/${contract}`)).status).toBe(404);
  const wrong = await me.ask('POST', '/v2/portal/entity/contract/access?origin=INSTALLER_PORTAL');
  expect(wrong.status).toBe(403);
});
