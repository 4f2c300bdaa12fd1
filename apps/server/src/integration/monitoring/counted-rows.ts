import { join, raw, type Sql, sql } from '../../storage/index.ts';
import type { TimeSegment } from './time-segments.ts';

/** Rows that are counted ahead (migration 0080). Names are column and table names. */
export interface CountedTable {
  readonly counts: string;
  readonly deltas: string;
  readonly rows: string;
  /** The instant of a row. */
  readonly time: string;
  /** Columns that counts tell apart. */
  readonly columns: readonly string[];
}

export const INBOUND: CountedTable = {
  counts: 'inbound_monitoring_count',
  deltas: 'inbound_monitoring_delta',
  rows: 'inbound_monitoring_event',
  time: 'completed_at',
  columns: ['use_case_id', 'object_type', 'sync_type', 'status', 'error_category'],
};

export const OUTBOUND: CountedTable = {
  counts: 'outbound_monitoring_count',
  deltas: 'outbound_monitoring_delta',
  rows: 'webhook_delivery',
  time: 'created_at',
  columns: ['event_name', 'webhook_id', 'status'],
};

/** Start of the bucket of `seconds` in which an instant lies; buckets that divide a day start at UTC midnight. */
export function bucketOf(column: string, seconds: number): Sql {
  return sql`date_bin(make_interval(secs => ${seconds}), ${raw(column)}, timestamptz '2000-01-01 00:00:00Z')`;
}

/**
 * A subquery with `bucket`, the table's columns and `events`, which are to be summed: what lies within the segments. `owner` is a condition that
 * holds for all three tables (organisation, integration or use cases). Must be one statement, because folding moves deltas into counts.
 */
export function countedRows(table: CountedTable, owner: Sql, segments: readonly TimeSegment[]): Sql {
  const columns = raw(table.columns.join(', '));
  const within = (column: string, { start, end }: Pick<TimeSegment, 'start' | 'end'>) =>
    sql`${raw(column)} >= ${new Date(start)} and ${raw(column)} < ${new Date(end)}`;
  const parts = segments.map((segment) =>
    segment.span === 'rows'
      ? sql`select ${bucketOf(table.time, 300)} as bucket, ${columns}, count(*) as events from ${raw(table.rows)}
             where ${owner} and ${within(table.time, segment)} group by bucket, ${columns}`
      : sql`select bucket, ${columns}, events from ${raw(table.counts)}
             where ${owner} and span = ${segment.span} and ${within('bucket', segment)}`,
  );
  const buckets = segments.filter(({ span }) => span !== 'rows');
  const [first, last] = [buckets[0], buckets.at(-1)];
  const deltas =
    first && last
      ? [
          sql`select bucket, ${columns}, events from ${raw(table.deltas)}
               where ${owner} and ${within('bucket', { start: first.start, end: last.end })}`,
        ]
      : [];
  return join([...parts, ...deltas], ' union all ');
}
