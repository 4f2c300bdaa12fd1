import { createHash } from 'node:crypto';
import { sql, type TenantTransaction } from '../../storage/index.ts';
import type { UniqueKeyQuestion } from './find-by-unique-keys.ts';

/**
 * Makes everyone else who wants to find or create an entity with the same schema and keys wait until this transaction ends, so that no twins
 * arise (spec/erp-integration.md §8.3). Several key sets are locked in one order, so that two batches cannot wait for each other. Look for
 * the entity after this returns, not before.
 */
export async function lockUniqueKeys(
  tx: TenantTransaction,
  questions: readonly UniqueKeyQuestion[],
): Promise<void> {
  const numbers = new Set(
    questions.filter(({ keys }) => keys.length > 0).map((question) => lockNumber(tx.org, question)),
  );
  if (numbers.size === 0) return;
  const ordered = [...numbers].sort((a, b) => (a < b ? -1 : 1)).map(String);
  await tx.query(sql`select pg_advisory_xact_lock(n) from unnest(${ordered}::bigint[]) as n`);
}

/** 64 bits of a hash over organisation, schema, names and values; the order of the keys does not count. */
function lockNumber(org: string, { schema, keys }: UniqueKeyQuestion): bigint {
  const pairs = keys.map(({ attribute, value }) => [attribute, String(value)]);
  const text = JSON.stringify([org, schema, pairs.sort((a, b) => (String(a) < String(b) ? -1 : 1))]);
  return createHash('sha256').update(text).digest().readBigInt64BE();
}
