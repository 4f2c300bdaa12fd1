import type { RecurringTask } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { type Database, sql } from '../../storage/index.ts';
import { DEDUPLICATION_HOURS } from './store-events.ts';

/** Days that received events stay, and rows about them (erp-integration.md 11.7). */
const EVENT_DAYS = 30;
const MONITORING_DAYS = 90;
/** Weeks of partitions that exist ahead of time. */
const WEEKS_AHEAD = 5;

const DAY = 86_400_000;

/** Keeps the partitioned tables in shape: partitions ahead, and what is past its retention gone with its partition. */
export function inboundRetention({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): RecurringTask {
  return {
    name: 'inbound-retention',
    interval: 6 * 3600,
    run: () => keepPartitions(database, clock.now()),
  };
}

/** One round of `inboundRetention`, as of an instant. */
export async function keepPartitions(database: Database, now: Date): Promise<void> {
  const { system } = database;
  const ages = [
    { table: 'inbound_event', column: sql`received_at`, from: sql`inbound_event_default`, days: EVENT_DAYS },
    {
      table: 'inbound_monitoring_event',
      column: sql`completed_at`,
      from: sql`inbound_monitoring_event_default`,
      days: MONITORING_DAYS,
    },
  ];
  for (const { table, column, from, days } of ages) {
    const oldest = new Date(now.getTime() - days * DAY);
    await system.query(sql`select create_weekly_partitions(${table}, ${now}, ${WEEKS_AHEAD})`);
    await system.query(sql`select drop_weekly_partitions(${table}, ${oldest})`);
    await system.run(sql`delete from ${from} where ${column} < ${oldest}`);
  }
  const expired = new Date(now.getTime() - DEDUPLICATION_HOURS * 3_600_000);
  await system.run(sql`delete from inbound_deduplication where accepted_at <= ${expired}`);
}
