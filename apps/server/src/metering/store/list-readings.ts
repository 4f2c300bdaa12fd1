import { sql, type TenantQueries } from '../../storage/index.ts';
import type { Direction, Reading, ReadingPlace } from '../reading.ts';
import { READING_COLUMNS, type ReadingRow, readingFromRow } from './reading-row.ts';

/** Which readings of a counter, and how they are shown (contract operation `getReadingsByInterval`). */
export interface ReadingQuery {
  readonly place: ReadingPlace;
  readonly direction?: Direction | undefined;
  /** Both ends included (UTC). */
  readonly from: Date;
  readonly until: Date;
  /** `relative` gives consumption: the difference to the reading before. */
  readonly type: 'cumulative' | 'relative';
  readonly sort: 'asc' | 'desc';
  readonly offset: number;
  /** Undefined for all. */
  readonly size: number | undefined;
}

export interface ReadingPage {
  readonly readings: readonly Reading[];
  /** Readings that match, on all pages. */
  readonly hits: number;
  /** When the counter's first reading was taken, whatever was asked for (UTC). */
  readonly firstTaken: Date | undefined;
}

interface Totals {
  readonly hits: number;
  readonly first_taken: Date | null;
}

/**
 * One page of a counter's readings. Consumption is subtracted by the database, so that it is exact. Implausible readings and those that start
 * a new series (`first`, `meter_change`) have no consumption and are left out there, like a counter's very first reading.
 */
export async function listReadings(queries: TenantQueries, query: ReadingQuery): Promise<ReadingPage> {
  const { from, until, offset, sort } = query;
  const series = query.type === 'relative' ? consumption(queries, query) : cumulative(queries, query);
  const direction =
    sort === 'desc' ? sql`r.timestamp desc, r.direction, r.id desc` : sql`r.timestamp, r.direction, r.id`;
  const counted = sql`
    (select count(*) from (${series}) r where r.timestamp between ${from} and ${until}) as hits,
    (select min(r.timestamp) from reading r where ${isOfPlace(queries, query)}) as first_taken`;
  const rows = await queries.query<ReadingRow & Totals>(sql`
    select ${READING_COLUMNS}, ${counted} from (${series}) r where r.timestamp between ${from} and ${until}
     order by ${direction} offset ${offset} limit ${query.size ?? null}`);
  // Only a page without rows leaves the totals to a statement of their own.
  const totals = rows[0] ?? (await queries.first<Totals>(sql`select ${counted}`));
  return {
    readings: rows.map(readingFromRow),
    hits: totals?.hits ?? 0,
    firstTaken: totals?.first_taken ?? undefined,
  };
}

function cumulative(queries: TenantQueries, query: ReadingQuery) {
  return sql`select ${READING_COLUMNS} from reading r where ${isOfPlace(queries, query)}`;
}

function consumption(queries: TenantQueries, query: ReadingQuery) {
  return sql`
    select s.meter_id, s.counter_id, s.id, s.timestamp, s.direction, s.value - s.before as value, s.source, s.reason,
           s.status, s.external_id, s.details, s.created_at, s.updated_at
      from (select r.*, lag(r.value) over (partition by r.direction order by r.timestamp, r.value, r.id) as before
              from reading r
             where ${isOfPlace(queries, query)} and r.timestamp <= ${query.until} and r.status <> 'implausible') s
     where s.before is not null and (s.reason is null or s.reason not in ('first', 'meter_change'))`;
}

function isOfPlace({ org }: TenantQueries, { place, direction }: ReadingQuery) {
  return sql`r.org_id = ${org} and r.meter_id = ${place.meterId}::uuid
    and r.counter_id is not distinct from ${place.counterId ?? null}::uuid
    and (${direction ?? null}::text is null or r.direction = ${direction ?? null})`;
}
