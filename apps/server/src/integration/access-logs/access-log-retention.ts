import type { RecurringTask } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { type Database, sql } from '../../storage/index.ts';

/** Days that access logs stay (erp-integration.md 11.7). */
const LOG_DAYS = 30;
/** Weeks of partitions that exist ahead of time. */
const WEEKS_AHEAD = 5;
const DAY = 86_400_000;

/** Keeps partitions of the access log ahead and drops those past their retention. */
export function accessLogRetention(database: Database, clock: Clock): RecurringTask {
  return {
    name: 'access-log-retention',
    interval: 6 * 3_600,
    async run() {
      const { system } = database;
      const now = clock.now();
      const oldest = new Date(now.getTime() - LOG_DAYS * DAY);
      await system.query(sql`select create_weekly_partitions('access_log', ${now}, ${WEEKS_AHEAD})`);
      await system.query(sql`select drop_weekly_partitions('access_log', ${oldest})`);
      await system.run(sql`delete from access_log_default where timestamp < ${oldest}`);
    },
  };
}
