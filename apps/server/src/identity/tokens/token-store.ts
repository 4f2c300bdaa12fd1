import { json, sql, type TenantQueries } from '../../storage/index.ts';
import { textsOf } from '../json-reading.ts';
import type { TokenType } from './token-type.ts';

/** An access token as stored: everything but the token itself. */
export interface AccessTokenRecord {
  /** Such as `api_5ZugdRXasLfWBypHi93Fk`. */
  readonly id: string;
  readonly type: TokenType;
  readonly name: string;
  /** Actor that asked for it, `<kind>:<id>`. */
  readonly creator: string;
  /** Role ids it acts with. */
  readonly roles: readonly string[];
  readonly journeyId: string | undefined;
  readonly portalId: string | undefined;
  readonly readOnly: boolean;
  readonly keyId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly revokedAt: Date | undefined;
  /** `YYYY-MM-DD` (UTC). */
  readonly lastUsed: string | undefined;
}

interface TokenRow {
  readonly id: string;
  readonly token_type: TokenType;
  readonly name: string;
  readonly creator: string;
  readonly roles: unknown;
  readonly journey_id: string | null;
  readonly portal_id: string | null;
  readonly read_only: boolean;
  readonly key_id: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used: string | null;
}

const COLUMNS = sql`id, token_type, name, creator, roles, journey_id, portal_id, read_only, key_id, created_at, expires_at,
  revoked_at, last_used`;

function fromRow(row: TokenRow): AccessTokenRecord {
  return {
    id: row.id,
    type: row.token_type,
    name: row.name,
    creator: row.creator,
    roles: textsOf(row.roles),
    journeyId: row.journey_id ?? undefined,
    portalId: row.portal_id ?? undefined,
    readOnly: row.read_only,
    keyId: row.key_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    lastUsed: row.last_used ?? undefined,
  };
}

/** Keeps a new token's record. */
export async function insertToken(queries: TenantQueries, token: AccessTokenRecord): Promise<void> {
  await queries.run(sql`
    insert into access_token (org_id, id, token_type, name, creator, roles, journey_id, portal_id, read_only, key_id, created_at, expires_at)
    values (${queries.org}, ${token.id}, ${token.type}, ${token.name}, ${token.creator}, ${json(token.roles)}::jsonb,
            ${token.journeyId ?? null}, ${token.portalId ?? null}, ${token.readOnly}, ${token.keyId}, ${token.createdAt},
            ${token.expiresAt ?? null})`);
}

/** A token's record, revoked or not. */
export async function findToken(queries: TenantQueries, id: string): Promise<AccessTokenRecord | undefined> {
  const row = await queries.first<TokenRow>(
    sql`select ${COLUMNS} from access_token where org_id = ${queries.org} and id = ${id}`,
  );
  return row && fromRow(row);
}

/** The living tokens of a creator, oldest first. */
export async function listTokens(
  queries: TenantQueries,
  creator: string,
  types: readonly string[],
  now: Date,
): Promise<AccessTokenRecord[]> {
  const rows = await queries.query<TokenRow>(sql`
    select ${COLUMNS} from access_token
     where org_id = ${queries.org} and creator = ${creator} and revoked_at is null
       and (expires_at is null or expires_at > ${now})
     order by created_at, id`);
  return rows.map(fromRow).filter((token) => types.includes(token.type));
}

/** Revokes a token; answers its record, or undefined when there is none or it was revoked before. */
export async function revokeToken(
  queries: TenantQueries,
  id: string,
  now: Date,
): Promise<AccessTokenRecord | undefined> {
  const row = await queries.first<TokenRow>(sql`
    update access_token set revoked_at = ${now}
     where org_id = ${queries.org} and id = ${id} and revoked_at is null returning ${COLUMNS}`);
  return row && fromRow(row);
}

/** Revokes the `api` tokens of somebody who is no longer to act here (identity §3.3); answers their ids. */
export async function revokeTokensOf(queries: TenantQueries, creator: string, now: Date): Promise<string[]> {
  const rows = await queries.query<{ id: string }>(sql`
    update access_token set revoked_at = ${now}
     where org_id = ${queries.org} and creator = ${creator} and token_type = 'api' and revoked_at is null returning id`);
  return rows.map((row) => row.id);
}

/** Notes the day (UTC) of a token's use; once per day and token it writes. */
export async function noteTokenUse(queries: TenantQueries, id: string, day: string): Promise<void> {
  await queries.run(sql`
    update access_token set last_used = ${day}::date
     where org_id = ${queries.org} and id = ${id} and (last_used is null or last_used < ${day}::date)`);
}
