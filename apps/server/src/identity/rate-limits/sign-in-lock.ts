import { createHash } from 'node:crypto';
import { sql, type TenantQueries } from '../../storage/index.ts';

/** 5 failures in 15 minutes lock an address for 15 minutes, then 30, 60 ... up to 24 hours (portal §1.7). */
const MOST_FAILURES = 5;
const WINDOW_MS = 15 * 60_000;
const LONGEST_LOCK_MS = 24 * 3_600_000;

export type SignInAttempt = 'open' | 'last' | 'locked';

/**
 * Counts an attempt before the password is looked at, so that many at once cannot slip by. `last`: when it fails, call {@link lockSignIn}.
 * Addresses without an account are counted and locked just the same: a lock says nothing about existence.
 */
export async function beginSignInAttempt(
  queries: TenantQueries,
  portalId: string,
  email: string,
  now: Date,
): Promise<SignInAttempt> {
  const row = await queries.first<{ failures: number; locked_until: Date | null }>(sql`
    insert into sign_in_lock as l (org_id, key_hash, failures, resets_at)
    values (${queries.org}, ${hashedKey(portalId, email)}, 1, ${new Date(now.getTime() + WINDOW_MS)})
    on conflict (org_id, key_hash) do update
       set failures = case when l.locked_until > ${now} then l.failures
                           when l.resets_at <= ${now} then 1 else l.failures + 1 end,
           resets_at = case when l.resets_at <= ${now} then excluded.resets_at else l.resets_at end,
           locks = case when l.locked_until < ${new Date(now.getTime() - LONGEST_LOCK_MS)} then 0 else l.locks end
    returning failures, locked_until`);
  if (!row || (row.locked_until && row.locked_until > now) || row.failures > MOST_FAILURES) return 'locked';
  return row.failures === MOST_FAILURES ? 'last' : 'open';
}

/** Locks an address after its last permitted failure; each lock in a row lasts twice as long. */
export async function lockSignIn(
  queries: TenantQueries,
  portalId: string,
  email: string,
  now: Date,
): Promise<void> {
  const seconds = sql`least(${WINDOW_MS / 1000} * power(2, least(locks, 10)), ${LONGEST_LOCK_MS / 1000})`;
  await queries.run(sql`
    update sign_in_lock
       set locked_until = ${now}::timestamptz + make_interval(secs => ${seconds}), locks = locks + 1, failures = 0, resets_at = ${now}
     where org_id = ${queries.org} and key_hash = ${hashedKey(portalId, email)}`);
}

/** Forgets the failures of an address after a successful sign-in or a password reset. */
export async function clearSignInLock(
  queries: TenantQueries,
  portalId: string,
  email: string,
): Promise<void> {
  await queries.run(
    sql`delete from sign_in_lock where org_id = ${queries.org} and key_hash = ${hashedKey(portalId, email)}`,
  );
}

function hashedKey(portalId: string, email: string): string {
  return createHash('sha256').update(`sign-in\n${portalId}\n${email}`).digest('base64url');
}
