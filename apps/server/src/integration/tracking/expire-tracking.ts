import type { RecurringTask } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { type Database, sql } from '../../storage/index.ts';
import { insertMonitoringRows, type MonitoringRow } from '../inbound/monitoring-row.ts';
import { type TrackingRecord, takeExpired, trackingExpiry } from './tracking-store.ts';

const INTERVAL_SECONDS = 300;
/** Records per transaction. */
const PORTION = 500;

/** Ends acknowledgements that nobody gave within 24 hours, each with a warning `ACK_TIMEOUT` in the monitoring of its integrations. */
export function expireTracking(database: Database, clock: Clock): RecurringTask {
  return {
    name: 'tracking-expiry',
    interval: INTERVAL_SECONDS,
    async run(signal) {
      const now = clock.now();
      const organisations = await database.system.query<{ org_id: string }>(sql`
        select distinct org_id from outbound_tracking where created_at < ${trackingExpiry(now)}`);
      for (const { org_id } of organisations) {
        let taken = PORTION;
        while (taken === PORTION && !signal.aborted) {
          taken = await database.tenant(org_id).transaction(async (transaction) => {
            const expired = await takeExpired(transaction, now, PORTION);
            await insertMonitoringRows(
              transaction,
              expired.flatMap((record) => warnings(record, now)),
            );
            return expired.length;
          });
        }
      }
    },
  };
}

function warnings(record: TrackingRecord, now: Date): MonitoringRow[] {
  return record.useCases.map(({ use_case_id, integration_id }) => ({
    integrationId: integration_id,
    completedAt: now,
    eventId: record.eventId,
    correlationId: record.correlationId,
    useCaseId: use_case_id,
    eventType: 'TRIGGER',
    objectType: record.eventName,
    syncType: 'webhook',
    status: 'warning',
    problem: {
      code: 'ACK_TIMEOUT',
      message: `${record.eventName} was not acknowledged within 24 hours`,
      category: 'timeout',
    },
    durationMs: undefined,
    receivedAt: record.createdAt,
  }));
}
