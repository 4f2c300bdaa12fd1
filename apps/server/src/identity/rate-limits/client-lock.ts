import { sql, type TenantQueries } from '../../storage/index.ts';
import { counterKey, type GuessedAt } from './guessed-at.ts';

/** 5 failures in 15 minutes lock a client out of an account for 15 minutes, then 30, 60 ... up to 24 hours (portal §1.7). */
const MOST_FAILURES = 5;
const WINDOW_MS = 15 * 60_000;
const LONGEST_LOCK_MS = 24 * 3_600_000;

export type LockedAttempt = 'open' | 'last' | 'locked';

/** Counts an attempt of one client at one account before the proof is looked at. `last`: when it fails, call {@link lockClient}. */
export async function countAtClient(
  queries: TenantQueries,
  at: GuessedAt,
  now: Date,
): Promise<LockedAttempt> {
  const row = await queries.first<{ failures: number; locked_until: Date | null }>(sql`
    insert into sign_in_lock as l (org_id, key_hash, failures, resets_at)
    values (${queries.org}, ${keyOf(at)}, 1, ${new Date(now.getTime() + WINDOW_MS)})
    on conflict (org_id, key_hash) do update
       set failures = case when l.locked_until > ${now} then l.failures
                           when l.resets_at <= ${now} then 1 else l.failures + 1 end,
           resets_at = case when l.resets_at <= ${now} then excluded.resets_at else l.resets_at end,
           locks = case when l.locked_until < ${new Date(now.getTime() - LONGEST_LOCK_MS)} then 0 else l.locks end
    returning failures, locked_until`);
  if (!row || (row.locked_until && row.locked_until > now) || row.failures > MOST_FAILURES) return 'locked';
  return row.failures === MOST_FAILURES ? 'last' : 'open';
}

/** Locks a client out after its last permitted failure; each lock in a row lasts twice as long. */
export async function lockClient(queries: TenantQueries, at: GuessedAt, now: Date): Promise<void> {
  const seconds = sql`least(${WINDOW_MS / 1000} * power(2, least(locks, 10)), ${LONGEST_LOCK_MS / 1000})`;
  await queries.run(sql`
    update sign_in_lock
       set locked_until = ${now}::timestamptz + make_interval(secs => ${seconds}), locks = locks + 1, failures = 0, resets_at = ${now}
     where org_id = ${queries.org} and key_hash = ${keyOf(at)}`);
}

/** Forgets the failures of a client after a success. */
export async function clearClientLock(queries: TenantQueries, at: GuessedAt): Promise<void> {
  await queries.run(sql`delete from sign_in_lock where org_id = ${queries.org} and key_hash = ${keyOf(at)}`);
}

function keyOf({ portalId, email, client }: GuessedAt): string {
  return counterKey('sign-in', portalId, email, client);
}
