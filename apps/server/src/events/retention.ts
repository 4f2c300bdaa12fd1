import type { RecurringTask } from '../jobs/index.ts';
import type { Clock } from '../ports/index.ts';
import { type Database, type Sql, sql } from '../storage/index.ts';

export interface EventRetention {
  /** Days after which what was sent and answered is forgotten. Default 28. */
  readonly payloadDays?: number;
  /** Days after which deliveries and events are forgotten altogether. Default 90. */
  readonly rowDays?: number;
}

const DAY = 86_400_000;
/** Rows per statement, so that no statement holds locks for long. */
const PORTION = 5_000;

/** Forgets old payloads, deliveries and events (erp-integration.md 11.7). */
export function retentionTask(
  database: Database,
  clock: Clock,
  retention: EventRetention = {},
): RecurringTask {
  return {
    name: 'event-retention',
    interval: 3_600,
    async run(signal) {
      const before = (days: number) => new Date(clock.now().getTime() - days * DAY);
      const payloads = before(retention.payloadDays ?? 28);
      const rows = before(retention.rowDays ?? 90);
      const statements: Sql[] = [
        sql`update webhook_delivery set payload = null, http_response = http_response - 'body' - 'headers'
             where (org_id, created_at, id) in (
               select org_id, created_at, id from webhook_delivery
                where created_at < ${payloads} and status <> 'pending' and (payload is not null or http_response ?| array['body', 'headers'])
                limit ${PORTION})`,
        sql`update catalog_event set body = null
             where (org_id, id) in (
               select org_id, id from catalog_event where created_at < ${payloads} and body is not null limit ${PORTION})`,
        sql`delete from webhook_delivery
             where (org_id, created_at, id) in (
               select org_id, created_at, id from webhook_delivery where created_at < ${rows} limit ${PORTION})`,
        sql`delete from catalog_event
             where (org_id, id) in (select org_id, id from catalog_event where created_at < ${rows} limit ${PORTION})`,
      ];
      for (const statement of statements) {
        while (!signal.aborted && (await database.system.run(statement)) === PORTION);
      }
    },
  };
}
