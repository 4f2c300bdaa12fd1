import { beforeAll, describe, expect, it } from 'vitest';
import type { PortalCustomer } from '../service/testing/portal-customer.ts';
import { customerWithGrants, relatedTo } from './testing/customer-with-grants.ts';

const UNKNOWN = '5da0a718-c822-403d-9f5d-20d4584e0528';

/** Every operation of this part: method, path and body; `ID` stands for a contract, order or opportunity. */
const OPERATIONS: readonly (readonly [operationId: string, method: string, path: string, body?: object])[] = [
  ['getContact', 'GET', '/v2/portal/contact'],
  ['updateContact', 'PATCH', '/v2/portal/contact', {}],
  ['getPortalUserEntity', 'POST', '/v2/portal/entity:get', { slug: 'contract', entity_id: 'ID' }],
  ['searchPortalUserEntities', 'POST', '/v2/portal/entity:search', { slug: 'contract' }],
  ['getAllOrders', 'GET', '/v2/portal/order'],
  ['getOrder', 'GET', '/v2/portal/order/ID'],
  ['updateOrder', 'PATCH', '/v2/portal/order/ID', {}],
  ['postOrderAcceptance', 'POST', '/v2/portal/order/ID/acceptance', { decision: 'accept' }],
  ['getAllOpportunities', 'GET', '/v2/portal/opportunity'],
  ['getOpportunity', 'GET', '/v2/portal/opportunities/ID'],
  ['updateOpportunity', 'PATCH', '/v2/portal/opportunities/ID', {}],
  ['getSearchableAttributesForOpportunities', 'GET', '/v2/portal/opportunities/searchable-attributes'],
  ['getSearchResultsForOpportunities', 'POST', '/v2/portal/opportunities/search', {}],
  ['getAllRequests', 'GET', '/v2/portal/request'],
  ['getAllContracts', 'GET', '/v2/portal/contract'],
  ['getContract', 'GET', '/v2/portal/contract/ID'],
  ['updateContract', 'PATCH', '/v2/portal/contract/ID', {}],
  ['addContractByIdentifiers', 'POST', '/v2/portal/contract/by-identifiers', {}],
  ['createCustomEntityActivity', 'PUT', '/v2/portal/entity/activity', { type: 'PortalUserResetPassword' }],
  ['triggerEntityAccessEvent', 'POST', '/v2/portal/entity/contract/access?origin=END_CUSTOMER_PORTAL'],
  ['triggerEntityAccessEventV3', 'POST', '/v3/portal/entity/contract/access'],
  ['getEntityWorkflows', 'GET', '/v2/portal/entity/contract/ID/workflows'],
  ['updateWorkflowStepAsDone', 'PUT', '/v2/portal/workflow/unknown/unknown:markDone'],
];
const FOR_BOTH: typeof OPERATIONS = [
  ['getEntityActivityFeed', 'GET', '/v2/portal/entity/contract/ID/activity'],
  ['validateCadenceEntityEditRules', 'GET', '/v2/portal/contract/ID:validateRule'],
  ['searchPaymentRelationsInEntities', 'GET', `/v2/portal/entities-by-payment/${UNKNOWN}`],
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

function ask([, method, path, body]: (typeof OPERATIONS)[number], token: string | undefined, id: string) {
  const text = JSON.stringify(body)?.replaceAll('ID', id);
  return me.server.request(method, path.replace('/ID', `/${id}`), { token, body: text });
}

const idFor = (path: string) =>
  path.includes('order')
    ? foreign.order
    : path.includes('opportunit')
      ? foreign.opportunity
      : foreign.contract;

describe.each([...OPERATIONS, ...FOR_BOTH])('%s', (...operation) => {
  it('needs a token', async () => {
    expect((await ask(operation, undefined, UNKNOWN)).status).toBe(401);
    expect((await ask(operation, 'nonsense', UNKNOWN)).status).toBe(401);
  });

  it('tells nothing of another organisation, and never fails', async () => {
    const answer = await ask(operation, me.token, idFor(operation[2]));
    const namesOne = JSON.stringify(operation).includes('ID');
    // Without the grant to edit, what is out of reach is 404 all the same: existence stays hidden.
    expect(namesOne ? [404] : [200, 201, 403, 404]).toContain(answer.status);
    expect(JSON.stringify(answer.body)).not.toContain(other.contactId);
  });
});

it.each(OPERATIONS)('%s is not for staff', async (...operation) => {
  expect((await ask(operation, me.admin, UNKNOWN)).status).toBe(401);
});

it.each(FOR_BOTH)('%s is for staff within their organisation', async (...operation) => {
  const isList = operation[2].includes('by-payment');
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
