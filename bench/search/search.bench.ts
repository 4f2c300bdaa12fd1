import { randomInt } from 'node:crypto';
import {
  parseQuery,
  parseSort,
  type SearchScope,
  searchEntities,
} from '../../apps/server/src/entities/search/index.ts';
import { openStorage, sql, type Tenant } from '../../apps/server/src/storage/index.ts';

/**
 * Milliseconds per search in organisations of 10,000 and 200,000 contracts, median of several rounds, beside a select of one row by its key
 * in the same run. Every search must find the expected number before its speed counts.
 * Run with `node bench/search/search.bench.ts [size ...]`; `DATABASE_URL` names a PostgreSQL, otherwise the embedded database is measured.
 */
const SIZES = process.argv.slice(2).map(Number);
const ROUNDS = 15;

interface Case {
  readonly name: string;
  readonly query: string;
  readonly expected: (size: number) => number;
  readonly sort?: string;
  readonly scoped?: boolean;
}

const CASES: readonly Case[] = [
  { name: 'identifier', query: 'customer_number:"C-4711"', expected: () => 1 },
  { name: 'one word', query: 'person4711', expected: () => 1 },
  { name: 'prefix', query: 'person471*', expected: (size) => (size === 10_000 ? 11 : 111) },
  { name: 'word and schema', query: '_schema:contract AND family711', expected: (size) => size / 1_000 },
  {
    name: 'number range of a word',
    query: 'family711 AND usage:[200 TO 300]',
    expected: (size) => size / 1_000,
  },
  { name: 'all, newest first', query: '_schema:contract', expected: (size) => size },
  { name: 'all, by attribute', query: '_schema:contract', sort: 'usage:asc', expected: (size) => size },
  { name: 'range without index', query: 'usage:[1 TO 5]', expected: (size) => size / 100 },
  { name: 'customer: any word', query: 'status:active', scoped: true, expected: () => 20 },
  { name: 'customer: wildcard', query: 'name:*person*', scoped: true, expected: () => 20 },
];

const storage = await openStorage({
  databaseUrl: process.env['DATABASE_URL'] || undefined,
  data: 'memory://',
  connections: 2,
});
console.log(`Searches on ${storage.database.kind}, Node ${process.version}, median of ${ROUNDS}`);
for (const size of SIZES.length > 0 ? SIZES : [10_000, 200_000]) await report(size);
await storage.database.close();

async function report(size: number): Promise<void> {
  const tenant = storage.database.tenant(String(randomInt(1_000_000, 2 ** 47)));
  await fill(tenant, size);
  await storage.database.system.run(sql`analyze entity`);
  const someone = await tenant.query<{ id: string }>(
    sql`select id from entity where org_id = ${tenant.org} order by id limit 20`,
  );
  const ids = someone.map((row) => row.id);
  const floor = await median(() =>
    tenant.query(sql`select id, doc from entity where org_id = ${tenant.org} and id = ${ids[0]}::uuid`),
  );
  console.log(`\n${size} entities; one row by its key: ${floor.toFixed(2)} ms`);
  console.log('search                        found      ms   times the select');
  for (const one of CASES) await reportCase(tenant, size, one, { ids }, floor);
  await storage.database.system.run(sql`delete from entity where org_id = ${tenant.org}`);
}

async function reportCase(
  tenant: Tenant,
  size: number,
  one: Case,
  customer: SearchScope,
  floor: number,
): Promise<void> {
  const search = {
    tree: parseQuery(one.query),
    size: 10,
    sort: parseSort(one.sort),
    scope: one.scoped ? customer : undefined,
  };
  const { total } = await searchEntities(tenant, search);
  if (total !== one.expected(size))
    throw new Error(`${one.name} found ${total} instead of ${one.expected(size)}`);
  const time = await median(() => searchEntities(tenant, search));
  const columns = [
    String(total).padStart(7),
    time.toFixed(2).padStart(8),
    (time / floor).toFixed(1).padStart(10),
  ];
  console.log(`${one.name.padEnd(28)}${columns.join('')}`);
}

/** Contracts of about 400 bytes with the words a write would give them. */
async function fill(tenant: Tenant, size: number): Promise<void> {
  await tenant.run(sql`
    insert into entity (org_id, id, schema, doc, title, created_at, updated_at, words)
    select ${tenant.org}, gen_random_uuid(), 'contract',
           jsonb_build_object('customer_number', 'C-' || n, 'name', 'person' || n || ' family' || n % 1000,
             'usage', (n % 500)::text, 'status', 'active', 'note', repeat('electricity delivery point ', 10)),
           'Contract ' || n, now() - make_interval(secs => n), now(),
           array_to_tsvector(array(select distinct unnest(array['contract', 'c', n::text, 'person' || n,
             'family' || n % 1000, (n % 500)::text, 'active', 'electricity', 'delivery', 'point'])))
      from generate_series(0, ${String(size - 1)}::int) n`);
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}
