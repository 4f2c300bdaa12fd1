import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Sql, sql, type Tenant } from '../../storage/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { contextOf, matching, type SearchScope } from './matching.ts';
import { parseQuery } from './query-string/parse-query.ts';
import { insertEntities, type TestEntity } from './testing/insert-entities.ts';

const ROWS = 20_000;
const CHUNK = 2_000;
let tenant: Tenant;
const ids: string[] = [];

beforeAll(async () => {
  const database = await testDatabase();
  tenant = database.tenant(testOrganisation());
  for (let first = 0; first < ROWS; first += CHUNK) {
    const chunk = Array.from({ length: CHUNK }, (_, at) => contract(first + at));
    ids.push(...chunk.map(({ id }) => id));
    await insertEntities(tenant, chunk);
  }
  await database.system.run(sql`analyze entity`);
  await database.system.run(sql`analyze entity_edge`);
});

function contract(n: number): TestEntity {
  const doc = {
    customer_number: `C-${n}`,
    name: `person${n} family${n % 1_000}`,
    usage: String(n % 500),
    status: 'active',
  };
  const account = ids[n % 100];
  return {
    id: randomUUID(),
    schema: 'contract',
    title: `Contract ${n}`,
    doc: account ? { ...doc, account: { $relation: [{ entity_id: account }] } } : doc,
    createdAt: new Date(Date.UTC(2024, 0, 1) + n * 1_000),
  };
}

async function plan(query: string, scope?: SearchScope): Promise<string> {
  const search = { tree: parseQuery(query), scope };
  const where = matching(contextOf(tenant.org, search), search);
  const rows = await tenant.query<Record<'QUERY PLAN', string>>(explain(where));
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

function explain(where: Sql): Sql {
  return sql`explain select e.id from searchable_entity e where ${where}`;
}

describe('selective searches on 20,000 entities use an index', () => {
  it.each([
    ['a word', 'person4711'],
    ['a word of one schema', '_schema:contract AND person4711'],
    ['a prefix', 'person471*'],
    ['a phrase', '"person4711 family711"'],
    ['an identifier', 'customer_number:"C-4711"'],
    ['an exact identifier', 'customer_number.keyword:"C-4711"'],
    ['one of several', 'customer_number:("C-4711" OR "C-4712")'],
    ['a title', '_title:4711'],
    ['an id', '_id:6b2b8f5a-0d3c-4d9c-9d54-7b0bca4f1f1e'],
    ['a relation', 'account.$relation.entity_id:6b2b8f5a-0d3c-4d9c-9d54-7b0bca4f1f1e'],
  ])('%s', async (_, query) => {
    expect(await plan(query)).not.toMatch(/Seq Scan on entity\b/);
  });

  it('looks only at the entities of a scope', async () => {
    for (const query of ['person4711', 'status:active', 'usage:[1 TO 5]', 'name:*7*']) {
      const scoped = await plan(query, { ids: ids.slice(0, 20) });
      expect(scoped, query).not.toMatch(/Seq Scan on entity\b/);
      expect(scoped, query).toMatch(/entity_pkey/);
    }
  });
});
