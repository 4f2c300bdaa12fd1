import { createHash } from 'node:crypto';
import { sql, type TenantTransaction } from '../../storage/index.ts';
import type { UniqueKeyQuestion } from './find-by-unique-keys.ts';

/** Key sets of one schema from which on the schema is locked instead: the database's lock table holds a few thousand locks in all. */
const MOST_KEY_SETS = 500;

/**
 * Makes everyone else who wants to find or create an entity with the same schema and keys wait until this transaction ends, so that no twins
 * arise (spec/erp-integration.md §8.3). Several key sets are locked in one order, so that two batches cannot wait for each other. Very many
 * of one schema take a single lock that excludes everybody who is after any of that schema. Look for the entity after this returns, not
 * before.
 */
export async function lockUniqueKeys(
  tx: TenantTransaction,
  questions: readonly UniqueKeyQuestion[],
): Promise<void> {
  const bySchema = Map.groupBy(
    questions.filter(({ keys }) => keys.length > 0),
    ({ schema }) => schema,
  );
  if (bySchema.size === 0) return;
  const keySets = [...bySchema].map(([schema, list]) => ({
    schema: hash([tx.org, schema]),
    sets: new Set(list.map((question) => hashOf(tx.org, question))),
  }));
  const whole = keySets.filter(({ sets }) => sets.size > MOST_KEY_SETS);
  const single = keySets.filter(({ sets }) => sets.size <= MOST_KEY_SETS);
  // Schemas before key sets, each in the order of their numbers.
  const schemas = ordered(keySets.map(({ schema }) => schema));
  const shared = schemas.map((number) => !whole.some(({ schema }) => String(schema) === number));
  const numbers = ordered(single.flatMap(({ sets }) => [...sets]));
  await tx.query(sql`
    select case when is_shared then pg_advisory_xact_lock_shared(number) else pg_advisory_xact_lock(number) end
      from unnest(${[...schemas, ...numbers]}::bigint[], ${[...shared, ...numbers.map(() => false)]}::boolean[]) as l (number, is_shared)`);
}

function ordered(numbers: readonly bigint[]): string[] {
  return [...numbers].sort((a, b) => (a < b ? -1 : 1)).map(String);
}

/** The number of a key set; the order of the keys does not count. */
function hashOf(org: string, { schema, keys }: UniqueKeyQuestion): bigint {
  const pairs = keys.map(({ attribute, value }) => [attribute, String(value)]);
  return hash([org, schema, pairs.sort((a, b) => (String(a) < String(b) ? -1 : 1))]);
}

/** 64 bits of a hash. */
function hash(parts: readonly unknown[]): bigint {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readBigInt64BE();
}
