import { readInstant } from '../../contract/request-instant.ts';
import { invalid } from '../../refusal.ts';

/** The last row of a page: its instant and its id. */
export interface PageCursor {
  readonly time: Date;
  readonly id: string;
}

/** Reads a cursor of two members; 400 when one of them is missing (erp-integration.md 2.3). */
export function readCursor(time: string | undefined, id: string | undefined): PageCursor | undefined {
  if (time === undefined && id === undefined) return undefined;
  if (time === undefined || id === undefined)
    throw invalid({ path: 'body.cursor', message: 'needs both of its members' });
  return { time: readInstant(time, 'body.cursor'), id };
}

/** Cuts a list that was read with one row too many: the page, and whether there is more. */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
): { page: readonly Row[]; last: Row | undefined } {
  const page = rows.slice(0, limit);
  return { page, last: rows.length > limit ? page.at(-1) : undefined };
}
