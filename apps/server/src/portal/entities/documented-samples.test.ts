import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { customerWithGrants } from './testing/customer-with-grants.ts';

interface Sample {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const OWN = [
  ...[
    'getContact',
    'updateContact',
    'getPortalUserEntity',
    'searchPortalUserEntities',
    'getAllOrders',
    'getOrder',
    'updateOrder',
  ],
  ...[
    'postOrderAcceptance',
    'getAllOpportunities',
    'getOpportunity',
    'updateOpportunity',
    'getSearchableAttributesForOpportunities',
  ],
  ...[
    'getSearchResultsForOpportunities',
    'getAllRequests',
    'getAllContracts',
    'getContract',
    'updateContract',
    'addContractByIdentifiers',
  ],
  ...[
    'getEntityActivityFeed',
    'validateCadenceEntityEditRules',
    'searchPaymentRelationsInEntities',
    'createCustomEntityActivity',
  ],
  ...[
    'triggerEntityAccessEvent',
    'triggerEntityAccessEventV3',
    'getEntityWorkflows',
    'updateWorkflowStepAsDone',
  ],
];

const samples: Sample[] = JSON.parse(
  readFileSync(new URL('../../contract/samples/portal.json', import.meta.url), 'utf8'),
).filter(({ operationId }: Sample) => OWN.includes(operationId));

it('answers every documented call with a success or a clean refusal', async () => {
  const me = await customerWithGrants();
  expect(samples.length).toBe(OWN.length);
  for (const { operationId, method, path, params, body } of samples) {
    const inPath = Object.entries(params).reduce(
      (url, [name, value]) => url.replace(`{${name}}`, encodeURIComponent(value)),
      path,
    );
    const query = new URLSearchParams(Object.entries(params).filter(([name]) => !path.includes(`{${name}}`)));
    const answer = await me.ask(method, `${inPath}?${query}`, body ?? undefined);
    expect([200, 201, 400, 403, 404], `${operationId}: ${JSON.stringify(answer.body)}`).toContain(
      answer.status,
    );
    const problems = JSON.stringify(answer.body['errors'] ?? []);
    // Only ids that do not exist, and identifiers this portal does not ask for, may be at fault.
    if (answer.status === 400) expect(problems, operationId).toMatch(/is required|is no identifier|uuid/);
  }
});
