import { type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import { bucketOf, type CountedTable, countedRows, INBOUND, OUTBOUND } from './counted-rows.ts';
import { type CountSpan, timeSegments } from './time-segments.ts';

export type Interval = '5m' | '10m' | '30m' | '1h' | '3h' | '1d';

/** Beyond it instants have five digits in their year, which the database does not read. */
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Seconds of the intervals, and the largest counted buckets they are made of. */
const INTERVALS: Readonly<Record<Interval, { readonly seconds: number; readonly largest: CountSpan }>> = {
  '5m': { seconds: 300, largest: 300 },
  '10m': { seconds: 600, largest: 300 },
  '30m': { seconds: 1_800, largest: 300 },
  '1h': { seconds: 3_600, largest: 3_600 },
  '3h': { seconds: 10_800, largest: 10_800 },
  '1d': { seconds: 86_400, largest: 86_400 },
};

/** A period and how it is cut. `to` is inclusive. */
export interface Series {
  readonly from: Date;
  readonly to: Date;
  readonly interval: Interval;
}

/** The starts of the buckets from the one that contains `from` to the one that contains `to`, aligned in UTC (erp-integration.md 11.5). */
export function bucketStarts({ from, to, interval }: Series): Date[] {
  const size = INTERVALS[interval].seconds * 1000;
  const first = Math.floor(from.getTime() / size);
  return Array.from(
    { length: bucketCount({ from, to, interval }) },
    (_, at) => new Date((first + at) * size),
  );
}

/** How many there are, without making them. */
export function bucketCount({ from, to, interval }: Series): number {
  const size = INTERVALS[interval].seconds * 1000;
  return Math.floor(to.getTime() / size) - Math.floor(from.getTime() / size) + 1;
}

/** Counts by start of the bucket (milliseconds) and status. */
type Counts = ReadonlyMap<number, Readonly<Record<string, number>>>;

/** Inbound events by bucket; calls of deprecated endpoints are none. */
export function inboundSeries(
  queries: TenantQueries,
  integrationId: string,
  series: Series,
): Promise<Counts> {
  const owner = sql`org_id = ${queries.org} and integration_id = ${integrationId}`;
  return countSeries(queries, INBOUND, owner, series, sql`sync_type <> 'api_deprecation'`);
}

/** Deliveries of outbound use cases by bucket. */
export function outboundSeries(
  queries: TenantQueries,
  useCaseIds: readonly string[],
  series: Series,
): Promise<Counts> {
  const owner = sql`org_id = ${queries.org} and use_case_id = any(${[...useCaseIds]}::text[])`;
  return countSeries(queries, OUTBOUND, owner, series, sql`true`);
}

async function countSeries(
  queries: TenantQueries,
  table: CountedTable,
  owner: Sql,
  { from, to, interval }: Series,
  condition: Sql,
): Promise<Counts> {
  const { seconds, largest } = INTERVALS[interval];
  const segments = timeSegments(from.getTime(), Math.min(to.getTime() + 1, LAST_INSTANT), largest);
  const rows = await queries.query<{ start: Date; status: string; events: string }>(sql`
    select ${bucketOf('bucket', seconds)} as start, status, sum(events) as events
      from (${countedRows(table, owner, segments)}) counted where ${condition} group by 1, 2`);
  const counts = new Map<number, Record<string, number>>();
  for (const { start, status, events } of rows) {
    const bucket = counts.get(start.getTime()) ?? {};
    bucket[status] = Number(events);
    counts.set(start.getTime(), bucket);
  }
  return counts;
}
