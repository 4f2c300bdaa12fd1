import { sql, type TenantQueries } from '../../storage/index.ts';
import type { ErrorCategory } from './problem-code.ts';

/** One row of inbound monitoring (erp-integration.md 11.1). */
export interface MonitoringRow {
  readonly integrationId: string;
  readonly completedAt: Date;
  readonly eventId: string;
  readonly correlationId: string | undefined;
  readonly useCaseId: string | undefined;
  readonly eventType: 'CREATE' | 'UPDATE' | 'DELETE' | 'TRIGGER';
  readonly objectType: string;
  readonly syncType: 'entity' | 'meter_reading' | 'webhook' | 'api_deprecation';
  readonly status: 'success' | 'error' | 'skipped' | 'warning';
  readonly problem:
    | { readonly code: string; readonly message: string; readonly category: ErrorCategory | undefined }
    | undefined;
  /** Time spent on processing, without waiting. */
  readonly durationMs: number | undefined;
  readonly receivedAt: Date;
}

/** Longest message kept of a row. */
const MOST_MESSAGE = 2_000;

/**
 * Writes monitoring rows. Rows of one event in one call get instants of completion a millisecond apart, because clients page by instant and
 * event id.
 */
export async function insertMonitoringRows(
  queries: TenantQueries,
  given: readonly MonitoringRow[],
): Promise<void> {
  if (given.length === 0) return;
  const rows = apart(given);
  const column = <Value>(read: (row: MonitoringRow) => Value) => rows.map(read);
  await queries.run(sql`
    insert into inbound_monitoring_event (org_id, integration_id, completed_at, event_id, correlation_id, use_case_id, event_type, object_type,
      sync_type, status, error_code, error_message, error_category, processing_duration_ms, received_at)
    select ${queries.org}, t.* from unnest(
      ${column((r) => r.integrationId)}::uuid[], ${column((r) => r.completedAt.toISOString())}::timestamptz[], ${column((r) => r.eventId)}::text[],
      ${column((r) => r.correlationId ?? null)}::text[], ${column((r) => r.useCaseId ?? null)}::uuid[], ${column((r) => r.eventType)}::text[],
      ${column((r) => r.objectType)}::text[], ${column((r) => r.syncType)}::text[], ${column((r) => r.status)}::text[],
      ${column((r) => r.problem?.code ?? null)}::text[], ${column((r) => r.problem?.message.slice(0, MOST_MESSAGE) ?? null)}::text[],
      ${column((r) => r.problem?.category ?? null)}::text[], ${column((r) => r.durationMs ?? null)}::integer[],
      ${column((r) => r.receivedAt.toISOString())}::timestamptz[]) as t`);
}

function apart(rows: readonly MonitoringRow[]): MonitoringRow[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const count = seen.get(row.eventId) ?? 0;
    seen.set(row.eventId, count + 1);
    return count === 0 ? row : { ...row, completedAt: new Date(row.completedAt.getTime() + count) };
  });
}
