import type { MonitoringRow } from '../inbound/monitoring-row.ts';
import type { EventOutcome, SyncKind } from './event-outcome.ts';
import type { PreparedEvent } from './prepare-event.ts';

const KINDS: readonly SyncKind[] = ['entity', 'meter_reading'];

/** The monitoring rows of a finished event: one per kind of effect, and one `skipped` row when there was none (erp-integration.md 4.6, 11.1). */
export function monitoringRows(prepared: PreparedEvent, outcome: EventOutcome, now: Date): MonitoringRow[] {
  const { event } = prepared.queued;
  const common = {
    integrationId: event.integrationId,
    completedAt: now,
    eventId: event.id,
    correlationId: event.correlationId,
    useCaseId: prepared.useCaseId,
    eventType: event.eventType ?? 'UPDATE',
    objectType: event.objectType,
    durationMs: outcome.milliseconds,
    receivedAt: event.receivedAt,
  } as const;
  const rows = KINDS.flatMap((kind): MonitoringRow[] => {
    const { updates, error, warning } = outcome.tally(kind);
    if (updates === 0 && !warning) return [];
    const status = error ? 'error' : warning ? 'warning' : 'success';
    return [{ ...common, syncType: kind, status, problem: problemOf(outcome, kind) }];
  });
  if (rows.length > 0) return rows;
  return [{ ...common, syncType: 'entity', status: 'skipped', problem: prepared.skipped }];
}

function problemOf(outcome: EventOutcome, kind: SyncKind): MonitoringRow['problem'] {
  const { updates, failed, pruned, error, warning } = outcome.tally(kind);
  const problem = error ?? warning;
  if (!problem && pruned === 0) return undefined;
  // Not a problem, but the one place where somebody can see how many a prune has removed.
  if (!problem) return { code: 'PRUNE_SCOPE_COMPLETED', category: undefined, message: `${pruned} pruned` };
  const { code, category, message } = problem;
  return {
    code,
    category,
    message: failed > 0 ? `${message} (${failed} of ${updates} updates failed)` : message,
  };
}
