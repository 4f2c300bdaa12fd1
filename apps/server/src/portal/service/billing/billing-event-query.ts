import {
  ALL,
  allOf,
  anyOf,
  notOf,
  parseSort,
  type SearchTree,
  SortError,
  type SortKey,
} from '../../../entities/search/index.ts';
import { invalid } from '../../../refusal.ts';
import { calendarDay } from '../../access/index.ts';

/** The filters of `getBillingEvents` (spec/portal.md §7.1). */
export interface BillingEventFilter {
  readonly event_type?: string | undefined;
  readonly paid?: boolean | undefined;
  /** Instants (ISO 8601); compared strictly with the day the event is dated, which begins at midnight in the organisation's time zone. */
  readonly date_after?: string | undefined;
  readonly date_before?: string | undefined;
}

/** The two types the contract knows; other billing events are the utility's own business. */
const SHOWN_TYPES = ['installment', 'reimbursement'];
/** What dates an event: the first of these that is set. */
const DATED_BY = ['booking_date', 'due_date', 'paid_date'];
const SORTABLE: ReadonlySet<string> = new Set([...DATED_BY, 'billing_amount', '_created_at']);

/** The filters as a search. Throws 400 for a date that is none. */
export function billingEventTree(filter: BillingEventFilter): SearchTree {
  const types = filter.event_type === undefined ? SHOWN_TYPES : [filter.event_type];
  return allOf([
    { kind: 'equal', field: '_schema', values: ['billing_event'] },
    { kind: 'equal', field: 'type', values: types },
    paidTree(filter.paid),
    dateTree(filter),
  ]);
}

/** Billing events that nobody has paid yet: without `paid_date` and not closed. */
export const OPEN: SearchTree = notOf(
  anyOf([
    { kind: 'exists', field: 'paid_date' },
    { kind: 'equal', field: 'status', values: ['closed'] },
  ]),
);

function paidTree(paid: boolean | undefined): SearchTree {
  if (paid === undefined) return ALL;
  return paid ? notOf(OPEN) : OPEN;
}

function dateTree({ date_after: after, date_before: before }: BillingEventFilter): SearchTree {
  if (after === undefined && before === undefined) return ALL;
  const bounds = {
    ...(after === undefined ? {} : { from: { value: dayAt(after, 'date_after', 0), inclusive: false } }),
    // A day that begins before an instant is at the latest the day of the millisecond before it.
    ...(before === undefined ? {} : { to: { value: dayAt(before, 'date_before', -1), inclusive: true } }),
  };
  return anyOf(
    DATED_BY.map((field, at) =>
      allOf([
        ...DATED_BY.slice(0, at).map((earlier) => notOf({ kind: 'exists', field: earlier })),
        { kind: 'range', field, ...bounds },
      ]),
    ),
  );
}

function dayAt(text: string, parameter: string, shift: number): string {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()))
    throw invalid({ path: `query.${parameter}`, message: 'is no instant' });
  return calendarDay(new Date(instant.getTime() + shift));
}

/** Reads the sort keys; the default is the next due first. Throws 400 for fields that bills are not sorted by. */
export function billingEventSort(sort: string | undefined): SortKey[] {
  const keys = readSort(sort);
  const unknown = keys.find(({ field }) => !SORTABLE.has(field));
  if (unknown) {
    const message = `cannot sort by ${unknown.field}; use ${[...SORTABLE].join(', ')}`;
    throw invalid({ path: 'query.sort', message }, 'INVALID_SORT');
  }
  return keys.length > 0 ? keys : [{ field: 'due_date', descending: false }];
}

function readSort(sort: string | undefined): SortKey[] {
  try {
    return parseSort(sort);
  } catch (error) {
    if (error instanceof SortError)
      throw invalid({ path: 'query.sort', message: error.message }, 'INVALID_SORT');
    throw error;
  }
}
