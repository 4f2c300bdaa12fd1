import { join, raw, type Sql, sql, type Tenant, type TenantQueries } from '../../storage/index.ts';
import type { DateRange } from '../inbound/date-range.ts';
import { correlations } from './correlations.ts';
import { countedRows, INBOUND, OUTBOUND } from './counted-rows.ts';
import { timeSegments } from './time-segments.ts';

/** Combinations that a breakdown shows. */
const MOST_COMBINATIONS = 1_000;
const DAY = 86_400_000;

/** Columns behind the contract's names of groups. */
const COLUMNS: Readonly<Record<string, string>> = {
  use_case_id: 'use_case_id',
  sync_type: 'sync_type',
  status: 'status',
  error_category: 'error_category',
  object_type: 'object_type',
  // An alias (erp-integration.md 3.7).
  event_name: 'object_type',
};
const OUTBOUND_COLUMNS: Readonly<Record<string, string>> = {
  event_name: 'event_name',
  status: 'status',
  webhook_config_id: 'webhook_id',
};

type Breakdown = Readonly<Record<string, unknown>>[];

/** What `getMonitoringStats` says about inbound events (erp-integration.md 11.4); calls of deprecated endpoints are no events. */
export async function inboundStatistics(
  queries: Tenant,
  integrationId: string,
  range: DateRange,
  groupBy: readonly string[],
) {
  const owner = sql`org_id = ${queries.org} and integration_id = ${integrationId}`;
  const counted = countedRows(INBOUND, owner, segmentsOf(range));
  const events = sql`select * from (${counted}) counted where sync_type <> 'api_deprecation'`;
  // Grouped by kind, calls of deprecated endpoints are there to be seen; otherwise they would look like events.
  const grouped = groupBy.includes('sync_type') ? counted : events;
  const [counts, lastError, groups] = await Promise.all([
    countByStatus(queries, events),
    queries.first<{ at: Date }>(sql`
      select completed_at as at from inbound_monitoring_event
       where ${owner} and status = 'error' and ${within(INBOUND.time, range)} order by completed_at desc limit 1`),
    breakdown(queries, grouped, groupBy, COLUMNS, ['success', 'error', 'skipped', 'warning']),
  ]);
  const total = counts.success + counts.error + counts.skipped + counts.warning;
  return {
    total_events: total,
    ...(await correlations(queries, owner, within(INBOUND.time, range), total)),
    success_count: counts.success,
    error_count: counts.error,
    skipped_count: counts.skipped,
    warning_count: counts.warning,
    success_rate: percentage(counts.success, counts.success + counts.error + counts.warning),
    last_error_at: lastError?.at.toISOString() ?? null,
    ...groups,
  };
}

/** What it says about deliveries of outbound use cases. */
export async function outboundStatistics(
  queries: Tenant,
  useCaseIds: readonly string[],
  range: DateRange,
  groupBy: readonly string[],
) {
  const owner = sql`org_id = ${queries.org} and use_case_id = any(${[...useCaseIds]}::text[])`;
  const counted = countedRows(OUTBOUND, owner, segmentsOf(range));
  const [counts, lastError, groups] = await Promise.all([
    countByStatus(queries, counted),
    queries.first<{ at: Date | null }>(sql`
      select max(last.created_at) as at from unnest(${[...useCaseIds]}::text[]) as wanted (id), lateral (
        select created_at from webhook_delivery
         where org_id = ${queries.org} and use_case_id = wanted.id and status = 'failed' and ${within(OUTBOUND.time, range)}
         order by created_at desc limit 1) last`),
    breakdown(queries, counted, groupBy, OUTBOUND_COLUMNS, ['succeeded', 'failed', 'pending']),
  ]);
  return {
    total_events: counts.succeeded + counts.failed + counts.pending,
    success_count: counts.succeeded,
    error_count: counts.failed,
    pending_count: counts.pending,
    success_rate: percentage(counts.succeeded, counts.succeeded + counts.failed),
    last_error_at: lastError?.at?.toISOString() ?? null,
    ...groups,
  };
}

/** Without bounds, and up to one far ahead, everything is counted in whole days, the present one included. Never empty. */
function segmentsOf({ from, to }: DateRange) {
  const farAhead = Math.ceil(Date.UTC(2200, 0) / DAY) * DAY;
  const end = Math.min(to ? to.getTime() + 1 : farAhead, farAhead);
  return timeSegments(Math.min(from?.getTime() ?? 0, end - 1), end);
}

function within(column: string, { from, to }: DateRange): Sql {
  return join(
    [
      sql`true`,
      ...(from ? [sql`${raw(column)} >= ${from}`] : []),
      ...(to ? [sql`${raw(column)} <= ${to}`] : []),
    ],
    ' and ',
  );
}

type Status = 'success' | 'error' | 'skipped' | 'warning' | 'succeeded' | 'failed' | 'pending';

async function countByStatus(queries: TenantQueries, counted: Sql): Promise<Record<Status, number>> {
  const rows = await queries.query<{ status: Status; events: string }>(
    sql`select status, sum(events) as events from (${counted}) counted group by status`,
  );
  const counts = { success: 0, error: 0, skipped: 0, warning: 0, succeeded: 0, failed: 0, pending: 0 };
  for (const { status, events } of rows) counts[status] = Number(events);
  return counts;
}

/** One object per combination of the wanted fields, most frequent first; nothing when no field is wanted. */
async function breakdown(
  queries: TenantQueries,
  counted: Sql,
  groupBy: readonly string[],
  columns: Readonly<Record<string, string>>,
  statuses: readonly Status[],
): Promise<{ breakdown?: Breakdown }> {
  const wanted = [...new Set(groupBy)];
  if (wanted.length === 0) return {};
  const fields = wanted.map((name) => ({ name, value: groupExpression(columns[name]) }));
  const select = fields.map(({ name, value }) => sql`${value} as ${raw(`"${name}"`)}`);
  const places = raw(fields.map((_, index) => index + 1).join(', '));
  const counts = statuses.map(
    (status) =>
      sql`coalesce(sum(events) filter (where status = ${status}), 0)::bigint as ${raw(COUNT_NAMES[status])}`,
  );
  const rows = await queries.query<Readonly<Record<string, unknown>>>(sql`
    select ${join([...select, sql`sum(events)::bigint as count`, ...counts], ', ')}
      from (${counted}) counted group by ${places} having sum(events) > 0
     order by count desc, ${places} limit ${MOST_COMBINATIONS}`);
  return { breakdown: rows };
}

/** The contract's names of the counts. */
const COUNT_NAMES: Readonly<Record<Status, string>> = {
  success: 'success_count',
  error: 'error_count',
  skipped: 'skipped_count',
  warning: 'warning_count',
  succeeded: 'success_count',
  failed: 'error_count',
  pending: 'pending_count',
};

/** A column, or the UTC day for `date`. */
function groupExpression(column: string | undefined): Sql {
  return column === undefined ? sql`to_char(bucket at time zone 'UTC', 'YYYY-MM-DD')` : sql`${raw(column)}`;
}

/** Two decimals; 0 of nothing is 0. */
function percentage(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;
}
