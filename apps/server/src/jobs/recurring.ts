import { type Database, sql } from '../storage/index.ts';

/** Work of the installation that comes back: retention, expiry. */
export interface RecurringTask {
  readonly name: string;
  /** Seconds between two ticks. */
  readonly interval: number;
  /** Does one tick. Runs in one process; a tick whose process dies is not repeated, the next one comes after the interval. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Asks for the tick of a task. True for exactly one of all processes that ask, and at most once per interval; ticks missed while no
 * server ran are not made up for.
 */
export async function takeTick(database: Database, task: RecurringTask, now: Date): Promise<boolean> {
  const next = new Date(now.getTime() + task.interval * 1000);
  const taken = await database.system.run(sql`
    insert into recurring_task (name, due_at) values (${task.name}, ${next})
    on conflict (name) do update set due_at = excluded.due_at where recurring_task.due_at <= ${now}`);
  return taken > 0;
}
