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

/** Reads an instant; 400 for one that the contract's format allows and no calendar has (a leap second). */
export function readInstant(text: string, path: string): Date {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) throw invalid({ path, message: 'is no instant' });
  return instant;
}
