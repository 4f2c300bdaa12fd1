import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { edgesOf, relationItems } from '../model/relation-items.ts';
import { findEntities } from '../reading/read-entity.ts';
import { reverseAttribute } from '../schemas/entity-schema.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import { API_WRITE, type GraphFixture, graphFixture } from '../testing/graph-fixture.ts';
import type { EntityChange } from './entity-change.ts';

const SLUGS = ['contact', 'contract', 'billing_account', 'meter'] as const;
const ATTRIBUTES: Readonly<Record<string, readonly [string, string][]>> = {
  contact: [['contracts', 'contract']],
  contract: [
    ['customer', 'contact'],
    ['billing_account', 'billing_account'],
    ['meters', 'meter'],
  ],
  billing_account: [['contracts', 'contract']],
  meter: [['contract', 'contract']],
};

/** A wish of a random write: indexes choose among the entities made so far. */
const wish = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('create' as const), slug: fc.constantFrom(...SLUGS) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('_set' as const, '_append' as const, 'replace' as const),
      entity: fc.nat(),
      attribute: fc.nat(),
      targets: fc.array(fc.nat(), { maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('delete' as const, 'restore' as const, 'purge' as const),
      entity: fc.nat(),
    }),
  },
);

type Wish = typeof wish extends fc.Arbitrary<infer One> ? One : never;

describe('the graph after random writes', () => {
  let fixture: GraphFixture;
  beforeAll(async () => {
    fixture = await graphFixture();
  });

  it('has edges that equal the relations of the documents, and reverse pairs in step', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(wish, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        async (batches) => {
          const made: { id: string; slug: string }[] = [];
          for (const batch of batches) {
            const changes = batch.flatMap((one) => changeFor(one, made));
            await fixture.tenant.transaction((tx) =>
              fixture.graph.write(tx, changes, { ...API_WRITE, direct: true, arrayOperations: true }),
            );
          }
          await expectConsistent(
            fixture,
            made.map(({ id }) => id),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps both true when the writes run at the same time', async () => {
    const made: { id: string; slug: string }[] = [];
    const write = (changes: EntityChange[]) =>
      fixture.tenant.transaction((tx) =>
        fixture.graph.write(tx, changes, { ...API_WRITE, direct: true, arrayOperations: true }),
      );
    await write([...SLUGS, ...SLUGS, ...SLUGS].flatMap((slug) => changeFor({ kind: 'create', slug }, made)));
    const wishes = fc.sample(
      wish.filter(({ kind }) => kind !== 'create'),
      { numRuns: 60, seed: 7 },
    );
    await Promise.all(wishes.map((one) => write(changeFor(one, made))));
    await expectConsistent(
      fixture,
      made.map(({ id }) => id),
    );
  });
});

async function expectConsistent(fixture: GraphFixture, ids: string[]): Promise<void> {
  const schemas = await schemasOf(fixture.tenant);
  const entities = await findEntities(fixture.tenant, ids, { includeDeleted: true });
  const stored = await fixture.tenant.query<{ edge: string }>(sql`
  select concat_ws(' ', from_id, from_schema, attribute, to_id, to_schema, position) as edge from entity_edge
   where org_id = ${fixture.tenant.org} and (from_id = any(${ids}::uuid[]) or to_id = any(${ids}::uuid[]))`);
  const slugOf = new Map(entities.map(({ id, schema }) => [id, schema]));
  const expected = entities.flatMap((entity) =>
    edgesOf(entity.doc).map(({ attribute, toId, position }) =>
      [entity.id, entity.schema, attribute, toId, slugOf.get(toId), position].join(' '),
    ),
  );
  expect(stored.map(({ edge }) => edge).sort()).toEqual(expected.sort());

  const byId = new Map(entities.map((entity) => [entity.id, entity]));
  for (const entity of entities) {
    for (const { attribute, toId } of edgesOf(entity.doc)) {
      const target = byId.get(toId);
      const back =
        target && reverseAttribute(schemas.get(entity.schema), attribute, schemas.get(target.schema));
      if (!back) continue;
      const items = relationItems(target.doc[back]) ?? [];
      expect(items.map((item) => item.entity_id)).toContain(entity.id);
    }
  }
}

function changeFor(one: Wish, made: { id: string; slug: string }[]): EntityChange[] {
  if (one.kind === 'create') {
    const id = crypto.randomUUID();
    made.push({ id, slug: one.slug });
    return [{ kind: 'create', schema: one.slug, attributes: {}, id }];
  }
  const entity = made[one.entity % Math.max(made.length, 1)];
  if (!entity) return [];
  if (!('targets' in one)) return [{ kind: one.kind, id: entity.id }];
  const choices = ATTRIBUTES[entity.slug] ?? [];
  const [attribute, slug] = choices[one.attribute % choices.length] ?? [];
  const candidates = made.filter((candidate) => candidate.slug === slug);
  const items =
    candidates.length === 0
      ? []
      : one.targets.map((n) => ({ entity_id: candidates[n % candidates.length]?.id }));
  if (!attribute) return [];
  const value = one.kind === 'replace' ? { $relation: items } : { $relation: { [one.kind]: items } };
  return [{ kind: 'patch', id: entity.id, attributes: { [attribute]: value } }];
}
