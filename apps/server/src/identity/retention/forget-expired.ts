import type { RecurringTask } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { type Database, type Sql, sql } from '../../storage/index.ts';

const DAY_MS = 24 * 3_600_000;
/** Rows per statement, so that no table is locked for long. */
const BATCH = 5_000;
/** Used confirmation links are recognised for 30 days (portal §4.4); other proofs are of no use to anybody after that either. */
const CHALLENGES_KEPT_MS = 30 * DAY_MS;
/** Ended sessions stay a while, so that a reused refresh token is still seen as one. */
const SESSIONS_KEPT_MS = 30 * DAY_MS;
/** A quiet client starts over after a day (client-lock.ts). */
const LOCKS_KEPT_MS = 2 * DAY_MS;
/** Where an owner has not signed in for so long is not theirs any more. */
const CLIENTS_KEPT_MS = 90 * DAY_MS;

/** Deletes sessions, refresh tokens, proofs and counters that nobody can use any more. Hourly; audit entries stay. */
export function forgetExpired(database: Database, clock: Clock): RecurringTask {
  return {
    name: 'identity.forget-expired',
    interval: 3_600,
    async run(signal) {
      for (const remove of removals(clock.now())) {
        let removed = BATCH;
        while (removed === BATCH && !signal.aborted) removed = await database.system.run(remove);
      }
    },
  };
}

function removals(now: Date): Sql[] {
  const before = (milliseconds: number) => new Date(now.getTime() - milliseconds);
  return [
    sql`delete from portal_challenge where (org_id, id) in (
          select org_id, id from portal_challenge
           where created_at < ${before(CHALLENGES_KEPT_MS)} limit ${BATCH})`,
    sql`delete from portal_refresh_token where (org_id, token_hash) in (
          select org_id, token_hash from portal_refresh_token
           where expires_at < ${before(SESSIONS_KEPT_MS)} limit ${BATCH})`,
    sql`delete from portal_session where (org_id, id) in (
          select org_id, id from portal_session where expires_at < ${before(SESSIONS_KEPT_MS)} limit ${BATCH})`,
    sql`delete from staff_code where (org_id, code_hash) in (
          select org_id, code_hash from staff_code where expires_at < ${now} limit ${BATCH})`,
    sql`delete from staff_refresh_token where (org_id, token_hash) in (
          select org_id, token_hash from staff_refresh_token
           where expires_at < ${before(SESSIONS_KEPT_MS)} limit ${BATCH})`,
    sql`delete from staff_session where (org_id, id) in (
          select org_id, id from staff_session where expires_at < ${before(SESSIONS_KEPT_MS)} limit ${BATCH})`,
    sql`delete from rate_window where (org_id, key_hash) in (
          select org_id, key_hash from rate_window where resets_at < ${now} limit ${BATCH})`,
    sql`delete from sign_in_lock where (org_id, key_hash) in (
          select org_id, key_hash from sign_in_lock
           where resets_at < ${before(LOCKS_KEPT_MS)} and (locked_until is null or locked_until < ${before(LOCKS_KEPT_MS)})
           limit ${BATCH})`,
    sql`delete from sign_in_pace where (org_id, key_hash) in (
          select org_id, key_hash from sign_in_pace where resets_at < ${now} limit ${BATCH})`,
    sql`delete from known_client where (org_id, key_hash) in (
          select org_id, key_hash from known_client where seen_at < ${before(CLIENTS_KEPT_MS)} limit ${BATCH})`,
  ];
}
