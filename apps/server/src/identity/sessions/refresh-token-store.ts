import { createHash, randomBytes } from 'node:crypto';
import { sql, type TenantQueries } from '../../storage/index.ts';

/** Makes a refresh token for a session; only its hash is kept. */
export async function issueRefreshToken(
  queries: TenantQueries,
  sessionId: string,
  expiresAt: Date,
): Promise<string> {
  const token = `rt_${randomBytes(32).toString('base64url')}`;
  await queries.run(sql`
    insert into portal_refresh_token (org_id, token_hash, session_id, expires_at)
    values (${queries.org}, ${hashOf(token)}, ${sessionId}, ${expiresAt})`);
  return token;
}

/** What a shown refresh token turns out to be. `reused`: it was exchanged before, so one of two holders is a thief. */
type Redemption =
  | { readonly outcome: 'valid' | 'reused'; readonly sessionId: string }
  | { readonly outcome: 'unknown' };

/** Uses a refresh token up. Of several at once exactly one is `valid`. */
export async function redeemRefreshToken(
  queries: TenantQueries,
  token: string,
  now: Date,
): Promise<Redemption> {
  const hash = hashOf(token);
  const fresh = await queries.first<{ session_id: string }>(sql`
    update portal_refresh_token set used_at = ${now}
     where org_id = ${queries.org} and token_hash = ${hash} and used_at is null and expires_at > ${now} returning session_id`);
  if (fresh) return { outcome: 'valid', sessionId: fresh.session_id };
  const spent = await queries.first<{ session_id: string }>(sql`
    select session_id from portal_refresh_token
     where org_id = ${queries.org} and token_hash = ${hash} and used_at is not null`);
  return spent ? { outcome: 'reused', sessionId: spent.session_id } : { outcome: 'unknown' };
}

/** The session a refresh token belongs to, used or not. */
export async function sessionOfRefreshToken(
  queries: TenantQueries,
  token: string,
): Promise<string | undefined> {
  const row = await queries.first<{ session_id: string }>(sql`
    select session_id from portal_refresh_token where org_id = ${queries.org} and token_hash = ${hashOf(token)}`);
  return row?.session_id;
}

function hashOf(token: string): string {
  return createHash('sha256').update(`refresh\n${token}`).digest('base64url');
}
