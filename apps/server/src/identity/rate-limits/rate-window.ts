import { createHash } from 'node:crypto';
import { tooManyRequests } from '../../refusal.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';

/** How often something guessable may be tried. */
export interface RateLimit {
  /** Name of the surface; counters of different surfaces never mix. */
  readonly surface: string;
  readonly limit: number;
  readonly seconds: number;
}

/**
 * Counts one attempt in a window that all processes share, keyed by a hash of `subject` (an address, an IP and a portal ...).
 * Throws 429 with the seconds until the window ends when the limit is exceeded.
 */
export async function countAttempt(
  queries: TenantQueries,
  limit: RateLimit,
  subject: string,
  now: Date,
): Promise<void> {
  const ends = new Date(now.getTime() + limit.seconds * 1000);
  const row = await queries.first<{ count: number; resets_at: Date }>(sql`
    insert into rate_window as w (org_id, key_hash, count, resets_at)
    values (${queries.org}, ${hashedKey(limit.surface, subject)}, 1, ${ends})
    on conflict (org_id, key_hash) do update
       set count = case when w.resets_at <= ${now} then 1 else w.count + 1 end,
           resets_at = case when w.resets_at <= ${now} then excluded.resets_at else w.resets_at end
    returning count, resets_at`);
  if (row && row.count > limit.limit) throw tooManyRequests((row.resets_at.getTime() - now.getTime()) / 1000);
}

/** Takes one attempt back: it turned out to be legitimate. */
export async function uncountAttempt(
  queries: TenantQueries,
  limit: RateLimit,
  subject: string,
): Promise<void> {
  await queries.run(sql`
    update rate_window set count = greatest(count - 1, 0)
     where org_id = ${queries.org} and key_hash = ${hashedKey(limit.surface, subject)}`);
}

function hashedKey(surface: string, subject: string): string {
  return createHash('sha256').update(`${surface}\n${subject}`).digest('base64url');
}
