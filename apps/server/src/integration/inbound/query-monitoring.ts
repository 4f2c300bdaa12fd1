import { sql, type TenantQueries } from '../../storage/index.ts';
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
  const { useCaseId = null, eventType = null, syncType = null, status = null, errorCategory = null } = filter;
  const { correlationId = null, objectType = null, eventId = null } = filter;
  const { from = null, to = null } = filter.completed;
  const time = cursor?.time ?? null;
  return queries.query<Row>(sql`
    select * from inbound_monitoring_event
     where org_id = ${queries.org} and integration_id = ${filter.integrationId}
       and (${from}::timestamptz is null or completed_at >= ${from})
       and (${to}::timestamptz is null or completed_at <= ${to})
       and (${time}::timestamptz is null or (completed_at, event_id) < (${time}, ${cursor?.id ?? null}))
       and (${useCaseId}::uuid is null or use_case_id = ${useCaseId})
       and (${eventType}::text is null or event_type = ${eventType})
       and (${syncType}::text is null or sync_type = ${syncType})
       and (${status}::text is null or status = ${status})
       and (${errorCategory}::text is null or error_category = ${errorCategory})
       and (${correlationId}::text is null or correlation_id = ${correlationId})
       and (${objectType}::text is null or object_type = ${objectType})
       and (${eventId}::text is null or event_id = ${eventId})
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
