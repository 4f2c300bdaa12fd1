import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { entitiesOfSchemas, entitiesWithReach, hasOneOf, isOrTouches } from './found-entities.ts';
import { type Reach, reachableIds } from './relation-gate.ts';
import { type GraphEdge, type GraphEntity, insertGraph } from './testing/insert-graph.ts';
import { naiveReach } from './testing/naive-reach.ts';

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
        // And about an entity with its neighbours, whether it is known to be in reach or not.
        for (const [at, start] of entities.slice(0, 6).entries()) {
          const around = await entitiesWithReach(tenant, reach, isOrTouches(tenant.org, start.id), SCHEMAS, {
            schema: start.schema,
            ids: [start.id],
            proof: at % 2 === 0 && expected.includes(start.id) ? 'given' : 'direct',
          });
          expect(around.map(({ entity, isReached }) => [entity.id, isReached])).toEqual(
            around.map(({ entity }) => [entity.id, expected.includes(entity.id)]),
          );
          const pair = [start, entities.at(-1 - at) ?? start];
          const both = await entitiesOfSchemas(tenant, reach, pair);
          expect(both.map((one) => one?.isReached)).toEqual(
            pair.map(({ id, isDeleted }) => (isDeleted ? undefined : expected.includes(id))),
          );
        }
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);

it('opens no files through files', async () => {
  const database = await testDatabase();
  const tenant = database.tenant(testOrganisation());
  const graphEntity = (schema: string, doc = {}): GraphEntity => ({
    ...{ id: randomUUID(), schema, doc, isDeleted: false },
  });
  const me = graphEntity('contact');
  const mine = graphEntity('file', { shared_with_end_customer: true });
  const next = graphEntity('file', { shared_with_end_customer: true });
  const edges = [
    { from: mine, attribute: 'customer', to: me },
    { from: mine, attribute: 'related', to: next },
  ];
  await insertGraph(tenant, [me, mine, next], edges);
  const around = await entitiesWithReach(
    tenant,
    {
      ...{ org: tenant.org, portalUserId: randomUUID(), contactIds: [me.id] },
      ...{ contractCutoff: undefined, fileParents: ['file'] },
    },
    isOrTouches(tenant.org, mine.id),
    SCHEMAS,
    { schema: 'file', ids: [mine.id], proof: 'given' },
  );
  expect(new Map(around.map(({ entity, isReached }) => [entity.id, isReached]))).toEqual(
    new Map([
      [me.id, true],
      [mine.id, true],
      [next.id, false],
    ]),
  );
});

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
