import { createHash, randomBytes } from 'node:crypto';
import { type Sql, sql, type TenantQueries } from '../../storage/index.ts';

/** What a shown refresh token turns out to be. `reused`: it was exchanged before, so one of two holders is a thief. */
type Redemption =
  | { readonly outcome: 'valid' | 'reused'; readonly sessionId: string }
  | { readonly outcome: 'unknown' };

/** The refresh tokens of one kind of sessions. Only hashes are kept. */
class RefreshTokens {
  readonly #table: Sql;

  constructor(table: Sql) {
    this.#table = table;
  }

  /** Makes a refresh token for a session. */
  async issue(queries: TenantQueries, sessionId: string, expiresAt: Date): Promise<string> {
    const token = `rt_${randomBytes(32).toString('base64url')}`;
    await queries.run(sql`
      insert into ${this.#table} (org_id, token_hash, session_id, expires_at)
      values (${queries.org}, ${hashOf(token)}, ${sessionId}, ${expiresAt})`);
    return token;
  }

  /** Uses a refresh token up. Of several at once exactly one is `valid`. */
  async redeem(queries: TenantQueries, token: string, now: Date): Promise<Redemption> {
    const hash = hashOf(token);
    const fresh = await queries.first<{ session_id: string }>(sql`
      update ${this.#table} set used_at = ${now}
       where org_id = ${queries.org} and token_hash = ${hash} and used_at is null and expires_at > ${now} returning session_id`);
    if (fresh) return { outcome: 'valid', sessionId: fresh.session_id };
    const spent = await queries.first<{ session_id: string }>(sql`
      select session_id from ${this.#table}
       where org_id = ${queries.org} and token_hash = ${hash} and used_at is not null`);
    return spent ? { outcome: 'reused', sessionId: spent.session_id } : { outcome: 'unknown' };
  }

  /** The session a refresh token belongs to, used or not. */
  async sessionOf(queries: TenantQueries, token: string): Promise<string | undefined> {
    const row = await queries.first<{ session_id: string }>(sql`
      select session_id from ${this.#table} where org_id = ${queries.org} and token_hash = ${hashOf(token)}`);
    return row?.session_id;
  }
}

export const portalRefreshTokens = new RefreshTokens(sql`portal_refresh_token`);
export const staffRefreshTokens = new RefreshTokens(sql`staff_refresh_token`);

function hashOf(token: string): string {
  return createHash('sha256').update(`refresh\n${token}`).digest('base64url');
}
