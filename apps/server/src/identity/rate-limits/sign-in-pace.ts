import { sql, type TenantQueries } from '../../storage/index.ts';
import { counterKey, type GuessedAt } from './guessed-at.ts';

/** Failures of unfamiliar clients that are free: more than one client can produce before its own lock stops it (about 35 a day). */
const FREE_FAILURES = 100;
const WINDOW_MS = 24 * 3_600_000;
/** Seconds between attempts beyond that, doubled after every ten of them. */
const FIRST_PAUSE = 30;
const LONGEST_PAUSE = 1_800;

/**
 * Counts an attempt from an unfamiliar client among those of all such clients. False when it must not be looked at: beyond
 * {@link FREE_FAILURES} in 24 hours there is one attempt per pause, so that no number of clients gets more than about two hundred guesses a day.
 */
export async function admitUnfamiliar(queries: TenantQueries, at: GuessedAt, now: Date): Promise<boolean> {
  const pause = sql`least(${LONGEST_PAUSE}, ${FIRST_PAUSE} * power(2, least((p.failures - ${FREE_FAILURES}) / 10, 10)))`;
  const isOver = sql`p.resets_at <= ${now}`;
  const row = await queries.first(sql`
    insert into sign_in_pace as p (org_id, key_hash, failures, resets_at, next_at)
    values (${queries.org}, ${keyOf(at)}, 1, ${new Date(now.getTime() + WINDOW_MS)}, ${now})
    on conflict (org_id, key_hash) do update
       set failures = case when ${isOver} then 1 else p.failures + 1 end,
           resets_at = case when ${isOver} then excluded.resets_at else p.resets_at end,
           next_at = case when ${isOver} or p.failures < ${FREE_FAILURES} then ${now}
                          else ${now}::timestamptz + make_interval(secs => ${pause}) end
     where ${isOver} or p.failures < ${FREE_FAILURES} or p.next_at <= ${now}
    returning 1`);
  return row !== undefined;
}

/** Takes an attempt back: it was the owner. */
export async function giveBackUnfamiliar(queries: TenantQueries, at: GuessedAt): Promise<void> {
  await queries.run(sql`
    update sign_in_pace set failures = greatest(failures - 1, 0) where org_id = ${queries.org} and key_hash = ${keyOf(at)}`);
}

function keyOf({ portalId, email }: GuessedAt): string {
  return counterKey('sign-in-pace', portalId, email);
}
