import type { RecurringTask } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { type Database, raw, sql } from '../../storage/index.ts';
import { type CountedTable, INBOUND, OUTBOUND } from './counted-rows.ts';

const INTERVAL_SECONDS = 60;
/** Deltas per statement, so that none holds locks for long. */
const PORTION = 20_000;
/** Days that counts stay, as long as the rows they count (erp-integration.md 11.7). */
const COUNT_DAYS = 90;
const DAY = 86_400_000;

const TABLES = [
  { table: INBOUND, owner: 'integration_id' },
  { table: OUTBOUND, owner: 'use_case_id' },
];

/** Moves what the triggers have appended into the counts. */
export function foldCounts(database: Database): RecurringTask {
  return {
    name: 'monitoring-counts',
    interval: INTERVAL_SECONDS,
    async run(signal) {
      for (const { table, owner } of TABLES) {
        while (!signal.aborted && (await fold(database, table, owner)) > 0);
      }
    },
  };
}

/** Forgets counts past their retention. */
export function countRetention(database: Database, clock: Clock): RecurringTask {
  return {
    name: 'monitoring-count-retention',
    interval: 6 * 3_600,
    async run() {
      const oldest = new Date(clock.now().getTime() - COUNT_DAYS * DAY);
      for (const { table } of TABLES)
        await database.system.run(sql`delete from ${raw(table.counts)} where bucket < ${oldest}`);
    },
  };
}

/** Folds one portion; answers how many deltas it had. */
async function fold(database: Database, table: CountedTable, owner: string): Promise<number> {
  const own = [owner, ...table.columns.filter((column) => column !== owner)].join(', ');
  const [keys, counts, deltas] = [raw(own), raw(table.counts), raw(table.deltas)];
  const row = await database.system.first<{ folded: number }>(sql`
    with moved as (
      delete from ${deltas} where ctid = any(array(select ctid from ${deltas} limit ${PORTION})) returning *),
    folded as (
      insert into ${counts} (org_id, span, bucket, ${keys}, events)
      select org_id, span, date_bin(make_interval(secs => span), bucket, timestamptz '2000-01-01 00:00:00Z') as start, ${keys}, sum(events)
        from moved cross join (values (300), (3600), (10800), (86400)) as spans (span)
       group by org_id, span, start, ${keys}
      on conflict (org_id, span, bucket, ${keys}) do update set events = ${counts}.events + excluded.events)
    select count(*) as folded from moved`);
  return row?.folded ?? 0;
}
