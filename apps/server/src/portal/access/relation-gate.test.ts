import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { entitiesWithReach, hasOneOf } from './found-entities.ts';
import { type Reach, reachableIds } from './relation-gate.ts';
import { type GraphEdge, type GraphEntity, insertGraph } from './testing/insert-graph.ts';

const SCHEMAS = [
  ...[
    'contact',
    'account',
    'portal_user',
    'contract',
    'billing_account',
    'billing_event',
    'order',
    'opportunity',
  ],
  ...['product', 'price', 'asset', 'meter', 'meter_counter', 'ticket', 'file'],
];
const ATTRIBUTES = [
  'customer',
  'contract',
  'contracts',
  'meters',
  'meter',
  'counters',
  'billing_account',
  'items',
];

const entityArbitrary: fc.Arbitrary<GraphEntity> = fc.record({
  id: fc.uuid({ version: 4 }),
  schema: fc.constantFrom(...SCHEMAS),
  isDeleted: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  doc: fc.record(
    {
      status: fc.constantFrom('active', 'expired', 'terminated'),
      termination_date: fc.constantFrom('', '2023-03-10'),
      end_date: fc.constantFrom('2019-12-31', '2024-12-31'),
      shared_with_end_customer: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
});

/** The rules of the relation gate once more, entity by entity, without SQL. */
function naiveReach(
  entities: readonly GraphEntity[],
  edges: readonly GraphEdge[],
  start: Reach,
): Set<string> {
  const isVisible = ({ schema, doc, isDeleted }: GraphEntity) => {
    if (isDeleted) return false;
    if (schema !== 'contract' || start.contractCutoff === undefined) return true;
    const end = [doc['termination_date'], doc['end_date']].find(
      (day) => typeof day === 'string' && day !== '',
    );
    return (
      doc['status'] === 'active' ||
      doc['status'] === undefined ||
      !(String(end ?? '9999') < start.contractCutoff)
    );
  };
  const contacts = entities.filter(
    ({ id, schema, isDeleted }) => schema === 'contact' && !isDeleted && start.contactIds.includes(id),
  );
  const found = new Set(contacts.map(({ id }) => id));
  const ownBillingAccounts = new Set<string>();
  for (const { from, to } of edges) {
    for (const [own, other] of [
      [from, to],
      [to, from],
    ] as const) {
      if (
        !contacts.includes(own) ||
        !isVisible(other) ||
        ['contact', 'portal_user', 'file'].includes(other.schema)
      )
        continue;
      found.add(other.id);
      if (other.schema === 'billing_account') ownBillingAccounts.add(other.id);
    }
  }
  /** Whether the edge lets one go down from `upper` to `lower`; `isForward` when the edge begins at `upper`. */
  const leads = (upper: GraphEntity, lower: GraphEntity, attribute: string, isForward: boolean): boolean => {
    const named = (forward: string, back: string) => (isForward ? attribute === forward : attribute === back);
    switch (`${upper.schema} > ${lower.schema}`) {
      case 'opportunity > order':
      case 'opportunity > product':
      case 'order > product':
      case 'order > price':
      case 'contract > order':
      case 'contract > asset':
      case 'contract > product':
        return isForward;
      case 'contract > meter':
        return named('meters', 'contract');
      case 'contract > billing_account':
        return named('billing_account', 'contracts');
      case 'contract > billing_event':
        return !isForward && attribute === 'contract';
      case 'billing_account > contract':
        return ownBillingAccounts.has(upper.id) && named('contracts', 'billing_account');
      case 'billing_account > billing_event':
        return ownBillingAccounts.has(upper.id) && !isForward && attribute === 'billing_account';
      case 'meter > meter_counter':
        return named('counters', 'meter');
      default:
        return false;
    }
  };
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { from, to, attribute } of edges) {
      if (found.has(from.id) && isVisible(to) && leads(from, to, attribute, true)) found.add(to.id);
      if (found.has(to.id) && isVisible(from) && leads(to, from, attribute, false)) found.add(from.id);
    }
  }
  const parents = (entity: GraphEntity) =>
    found.has(entity.id) && (entity.schema === 'contact' || start.fileParents.includes(entity.schema));
  const files = edges.flatMap(({ from, to }) => [
    ...(to.schema === 'file' && parents(from) ? [to] : []),
    ...(from.schema === 'file' && parents(to) ? [from] : []),
  ]);
  for (const file of files)
    if (!file.isDeleted && file.doc['shared_with_end_customer'] === true) found.add(file.id);
  return found;
}

it('reaches what an independent walk of the rules reaches, and nothing else', async () => {
  const database = await testDatabase();
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(entityArbitrary, { minLength: 4, maxLength: 24, selector: ({ id }) => id }),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...ATTRIBUTES), fc.nat()), { maxLength: 70 }),
      fc.constantFrom(undefined, '2022-06-01', '2024-01-01'),
      fc.subarray(SCHEMAS),
      async (others, places, contractCutoff, fileParents) => {
        const tenant = database.tenant(testOrganisation());
        const me: GraphEntity = { id: randomUUID(), schema: 'contact', doc: {}, isDeleted: false };
        const entities = [me, ...others];
        const edges = places.flatMap(([from, attribute, to]): GraphEdge[] => {
          const [start, end] = [entities[from % entities.length], entities[to % entities.length]];
          return start && end ? [{ from: start, attribute, to: end }] : [];
        });
        await insertGraph(tenant, entities, edges);
        const represented = others.find(({ schema }) => schema === 'contact');
        const reach: Reach = {
          org: tenant.org,
          portalUserId: randomUUID(),
          contactIds: represented ? [me.id, represented.id] : [me.id],
          contractCutoff,
          fileParents,
        };
        const rows = await tenant.query<{ id: string }>(
          sql`select id from (${reachableIds(reach, SCHEMAS)}) r`,
        );
        const expected = [...naiveReach(entities, edges, reach)].sort();
        expect(rows.map(({ id }) => id).sort()).toEqual(expected);
        // The same gate, asked about some entities: only living ones are answered.
        const asked = entities.filter((_, at) => at % 2 === 0);
        const found = await entitiesWithReach(tenant, reach, hasOneOf(asked.map(({ id }) => id)), SCHEMAS);
        const judged = found.map(({ entity, isReached }) => [entity.id, isReached]);
        const living = asked.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id);
        expect(judged).toEqual(living.sort().map((id) => [id, expected.includes(id)]));
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);

it('keeps organisations apart, whatever ids a request names', async () => {
  const database = await testDatabase();
  const [here, there] = [database.tenant(testOrganisation()), database.tenant(testOrganisation())];
  const contact: GraphEntity = { id: randomUUID(), schema: 'contact', doc: {}, isDeleted: false };
  const contract: GraphEntity = { id: randomUUID(), schema: 'contract', doc: {}, isDeleted: false };
  await insertGraph(there, [contact, contract], [{ from: contract, attribute: 'customer', to: contact }]);
  const reach = {
    portalUserId: randomUUID(),
    contactIds: [contact.id],
    contractCutoff: undefined,
    fileParents: [],
  };
  const ids = async (tenant: typeof here) =>
    tenant.query(sql`select id from (${reachableIds({ ...reach, org: tenant.org }, ['contract'])}) r`);
  expect(await ids(there)).toEqual([{ id: contract.id }]);
  expect(await ids(here)).toEqual([]);
});
