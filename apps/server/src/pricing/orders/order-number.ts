import { findByUniqueKeys } from '../../entities/index.ts';
import { conflict } from '../../refusal.ts';
import { sql, type TenantTransaction } from '../../storage/index.ts';

const FIRST = 100_001;

/**
 * Draws the next order number, `OR <year>/<number>` (spec/pricing.md B2.4): one sequence per organisation, the year in UTC. Whoever draws
 * makes others wait until the transaction ends, so that an order that fails leaves no gap; draw as late as possible. Numbers that
 * somebody gave by hand are passed over.
 */
export async function drawOrderNumber(tx: TenantTransaction, now: Date): Promise<string> {
  for (;;) {
    const row = await tx.first<{ drawn: number }>(sql`
      insert into order_number as n (org_id, next_value) values (${tx.org}, ${FIRST + 1})
      on conflict (org_id) do update set next_value = n.next_value + 1
      returning next_value - 1 as drawn`);
    const number = `OR ${now.getUTCFullYear()}/${String(row?.drawn ?? FIRST).padStart(6, '0')}`;
    if (!(await isTaken(tx, number))) return number;
  }
}

/**
 * Makes sure that a number given by hand belongs to no other order; nobody draws or gives another one until the transaction ends.
 * @throws Refusal 409 `ORDER_NUMBER_TAKEN`
 */
export async function claimOrderNumber(tx: TenantTransaction, number: string): Promise<string> {
  await tx.run(sql`
    insert into order_number as n (org_id, next_value) values (${tx.org}, ${FIRST})
    on conflict (org_id) do update set next_value = n.next_value`);
  if (await isTaken(tx, number)) {
    throw conflict(`The order number ${number} is taken`, 'ORDER_NUMBER_TAKEN');
  }
  return number;
}

/** Numbers of deleted orders stay taken: they stand on paper somewhere. */
async function isTaken(tx: TenantTransaction, number: string): Promise<boolean> {
  const keys = [{ attribute: 'order_number', value: number }];
  return (await findByUniqueKeys(tx, 'order', keys, { includeDeleted: true, most: 1 })).length > 0;
}
