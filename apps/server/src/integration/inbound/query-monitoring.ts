import { join, type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import type { DateRange } from './date-range.ts';
import type { PageCursor } from './page-cursor.ts';

/** What rows are asked for; all given filters must hold. */
export interface MonitoringFilter {
  readonly integrationId: string;
  readonly useCaseId: string | undefined;
  readonly eventType: string | undefined;
  readonly syncType: string | undefined;
  readonly status: string | undefined;
  readonly errorCategory: string | undefined;
  readonly correlationId: string | undefined;
  readonly objectType: string | undefined;
  readonly eventId: string | undefined;
  /** By the instant of completion. */
  readonly completed: DateRange;
}

interface Row {
  readonly org_id: string;
  readonly integration_id: string;
  readonly completed_at: Date;
  readonly event_id: string;
  readonly correlation_id: string | null;
  readonly use_case_id: string | null;
  readonly event_type: string;
  readonly object_type: string;
  readonly sync_type: string;
  readonly status: string;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly error_category: string | null;
  readonly processing_duration_ms: number | null;
  readonly received_at: Date;
}

/** Monitoring rows, newest completion first, after the cursor (erp-integration.md 11.2). */
export function queryMonitoring(
  queries: TenantQueries,
  filter: MonitoringFilter,
  cursor: PageCursor | undefined,
  limit: number,
): Promise<Row[]> {
  const equal: readonly (readonly [Sql, string | undefined])[] = [
    [sql`use_case_id`, filter.useCaseId],
    [sql`event_type`, filter.eventType],
    [sql`sync_type`, filter.syncType],
    [sql`status`, filter.status],
    [sql`error_category`, filter.errorCategory],
    [sql`correlation_id`, filter.correlationId],
    [sql`object_type`, filter.objectType],
    [sql`event_id`, filter.eventId],
  ];
  const { from, to } = filter.completed;
  const conditions = [
    sql`org_id = ${queries.org} and integration_id = ${filter.integrationId}`,
    ...(from ? [sql`completed_at >= ${from}`] : []),
    ...(to ? [sql`completed_at <= ${to}`] : []),
    ...(cursor ? [sql`(completed_at, event_id) < (${cursor.time}, ${cursor.id})`] : []),
    ...equal.flatMap(([column, value]) => (value === undefined ? [] : [sql`${column} = ${value}`])),
  ];
  return queries.query<Row>(sql`
    select * from inbound_monitoring_event where ${join(conditions, ' and ')}
     order by completed_at desc, event_id desc limit ${limit}`);
}

/** A row as the contract shows it (contract: `InboundMonitoringEvent`). */
export function monitoringRowToWire(row: Row): Record<string, unknown> {
  return {
    ...row,
    received_at: row.received_at.toISOString(),
    completed_at: row.completed_at.toISOString(),
  };
}
