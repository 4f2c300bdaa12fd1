import type { Document } from '../../../entities/index.ts';

/** Types of billing events that lower what is owed, where the event names no direction. */
const CREDITS: ReadonlySet<unknown> = new Set(['reimbursement', 'payment', 'bonus']);

/** Whether a billing event is in the customer's favour: by its `direction`, or else by its `type` (spec/portal.md §7.2). */
export function isCredit({ direction, type }: Document): boolean {
  if (direction === 'debit' || direction === 'credit') return direction === 'credit';
  return CREDITS.has(type);
}

/** Whether nobody has paid a billing event yet: no `paid_date`, and not closed. */
export function isUnpaid({ paid_date: paid, status }: Document): boolean {
  return !paid && status !== 'closed';
}
