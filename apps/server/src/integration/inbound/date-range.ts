import { readInstant } from '../../contract/request-instant.ts';
import { invalid } from '../../refusal.ts';

/** An inclusive range of instants; either end may be open. */
export interface DateRange {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

/** Reads `from_date` and `to_date`, both inclusive; 400 when they are the wrong way round (erp-integration.md 2.3). */
export function dateRange(body: { readonly from_date?: string; readonly to_date?: string }): DateRange {
  const from = body.from_date === undefined ? undefined : readInstant(body.from_date, 'body.from_date');
  const to = body.to_date === undefined ? undefined : readInstant(body.to_date, 'body.to_date');
  if (from && to && from > to)
    throw invalid({ path: 'body.from_date', message: 'must not be after to_date' });
  return { from, to };
}
