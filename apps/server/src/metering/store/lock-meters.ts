import { createHash } from 'node:crypto';
import { sql, type TenantTransaction } from '../../storage/index.ts';

/**
 * Makes everyone else who writes readings of these meters wait until this transaction ends, so that two writers cannot both find nothing and
 * store twins. Several meters are locked in one order. Look for readings after this returns.
 */
export async function lockMeters(tx: TenantTransaction, meterIds: Iterable<string>): Promise<void> {
  const numbers = new Set([...meterIds].map((id) => lockNumber(tx.org, id)));
  if (numbers.size === 0) return;
  const ordered = [...numbers].sort((a, b) => (a < b ? -1 : 1)).map(String);
  await tx.query(sql`select pg_advisory_xact_lock(n) from unnest(${ordered}::bigint[]) as n`);
}

function lockNumber(org: string, meterId: string): bigint {
  return createHash('sha256')
    .update(JSON.stringify(['readings', org, meterId]))
    .digest()
    .readBigInt64BE();
}
