import { type Sql, sql, type TenantQueries } from '../../../storage/index.ts';
import { type Aggregation, AggregationError, type CalendarInterval } from './aggregation.ts';
import type { FieldValues } from './field-values.ts';

const MOST_BUCKETS = 10_000;

/**
 * Entities per calendar interval, beginning in the time zone asked for; intervals in between without entities are listed with 0, as in
 * Elasticsearch. Keys are milliseconds since 1970. Throws AggregationError for more than 10,000 intervals.
 */
export async function dateHistogram(
  queries: TenantQueries,
  { interval, timeZone }: Extract<Aggregation, { kind: 'date_histogram' }>,
  values: FieldValues,
  where: Sql,
  path: string,
): Promise<unknown> {
  // Only dates on the calendar may reach the cast; a text of the right form may still name a 99th day.
  const local = sql`(to_timestamp(0) + make_interval(secs => x.seconds)) at time zone ${timeZone}`;
  const rows = await queries.query<{ key: number; doc_count: number }>(sql`
    with bucket as (
      select date_trunc(${interval}, ${local}) as start, count(distinct x.id) as doc_count
        from (select e.id, ${secondsOf(values.instant)} as seconds from searchable_entity e ${values.source} where ${where}) x
       where x.seconds is not null group by 1)
    select (extract(epoch from start at time zone ${timeZone}) * 1000)::bigint as key, doc_count from bucket
     order by start limit ${String(MOST_BUCKETS + 1)}::int`);
  const counts = new Map(rows.map((row) => [row.key, row.doc_count]));
  const [first, last] = [rows[0]?.key, rows.at(-1)?.key];
  if (rows.length > MOST_BUCKETS) throw tooManyBuckets(path);
  if (first === undefined || last === undefined) return { buckets: [] };
  const starts = await intervalStarts(queries, first, last, interval, timeZone);
  if (starts.length > MOST_BUCKETS) throw tooManyBuckets(path);
  return {
    buckets: starts.map((key) => ({
      key,
      key_as_string: new Date(key).toISOString(),
      doc_count: counts.get(key) ?? 0,
    })),
  };
}

function tooManyBuckets(path: string): AggregationError {
  return new AggregationError(path, `would have more than ${MOST_BUCKETS} buckets`);
}

/**
 * Seconds since 1970 of an instant written as `YYYY-MM-DDTHH:MM:SS.mmm`, or null where month, day or time are not on the calendar. The day
 * is added to the first of its month, which cannot fail as the 31st of February would.
 */
function secondsOf(instant: Sql): Sql {
  const part = (from: number, length: number) =>
    sql`substr(i.at, ${String(from)}::int, ${String(length)}::int)::int`;
  return sql`(select extract(epoch from make_date(${part(1, 4)}, ${part(6, 2)}, 1) + (${part(9, 2)} - 1))
      + ${part(12, 2)} * 3600 + ${part(15, 2)} * 60 + ${part(18, 2)}
    from (select ${instant} as at) i
   where i.at ~ '^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]')`;
}

async function intervalStarts(
  queries: TenantQueries,
  first: number,
  last: number,
  interval: CalendarInterval,
  timeZone: string,
): Promise<number[]> {
  const local = (milliseconds: number) =>
    sql`(${new Date(milliseconds).toISOString()}::timestamptz at time zone ${timeZone})`;
  const step = interval === 'quarter' ? '3 months' : `1 ${interval}`;
  const rows = await queries.query<{ key: number }>(sql`
    select distinct (extract(epoch from start at time zone ${timeZone}) * 1000)::bigint as key
      from (select generate_series(${local(first)}, ${local(last)}, ${step}::interval) as start
             limit ${String(MOST_BUCKETS + 1)}::int) series
     order by key`);
  return rows.map((row) => row.key);
}
