import { cutPage, type PageCursor, readCursor } from './page-cursor.ts';

/** What the lists of received events and of their outcomes are asked alike. */
interface EventListBody {
  readonly object_type?: string;
  /** An alias of `object_type` (erp-integration.md 3.7, 11.2). */
  readonly event_name?: string;
  readonly limit?: number;
}

/** One page of events, as the contract shows it. */
export interface EventPage<Cursor> {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly next_cursor: Cursor | null;
  readonly has_more: boolean;
}

/** How one of the lists reads and shows its rows. */
interface EventList<Row, Cursor> {
  /** Rows when the request names no limit. */
  readonly limit: number;
  /** The two members of the cursor in the request. */
  readonly cursor: { readonly time: string | undefined; readonly id: string | undefined };
  read(filter: {
    readonly objectType: string | undefined;
    readonly after: PageCursor | undefined;
    readonly limit: number;
  }): Promise<readonly Row[]>;
  toWire(row: Row): Readonly<Record<string, unknown>>;
  cursorOf(row: Row): Cursor;
}

/**
 * Reads one page of a list, newest first. Nothing matches two different names at once. 400 for a cursor with one member only
 * (erp-integration.md 2.3).
 */
export async function eventPage<Row, Cursor>(
  { object_type, event_name, limit: wanted }: EventListBody,
  list: EventList<Row, Cursor>,
): Promise<EventPage<Cursor>> {
  const after = readCursor(list.cursor.time, list.cursor.id);
  if (object_type !== undefined && event_name !== undefined && object_type !== event_name)
    return { data: [], next_cursor: null, has_more: false };
  const limit = wanted ?? list.limit;
  const rows = await list.read({ objectType: object_type ?? event_name, after, limit: limit + 1 });
  const { page, last } = cutPage(rows, limit);
  return {
    data: page.map((row) => list.toWire(row)),
    next_cursor: last === undefined ? null : list.cursorOf(last),
    has_more: last !== undefined,
  };
}
