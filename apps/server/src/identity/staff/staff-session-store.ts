import { createHash, randomBytes } from 'node:crypto';
import { sql, type TenantQueries } from '../../storage/index.ts';
import { textsOf } from '../json-reading.ts';

/** A signed-in 360 user. Every token of one sign-in shares its session: ending it ends them all. */
export interface StaffSession {
  readonly id: string;
  readonly userId: string;
  /** When the user proved who they are (UTC). */
  readonly authTime: Date;
  /** No token of the session outlives this instant (UTC). */
  readonly expiresAt: Date;
}

/** Whom a living session speaks for, with the roles that count now. */
export interface SignedInStaff {
  readonly userId: string;
  readonly email: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly session: StaffSession;
}

/** Opens a session. */
export async function insertStaffSession(queries: TenantQueries, session: StaffSession): Promise<void> {
  await queries.run(sql`
    insert into staff_session (org_id, id, user_id, auth_time, expires_at)
    values (${queries.org}, ${session.id}, ${session.userId}, ${session.authTime}, ${session.expiresAt})`);
}

/** Who is signed in by a session that has neither ended nor run out; undefined also when their account or organisation is not active. */
export async function findSignedInStaff(
  queries: TenantQueries,
  sessionId: string,
  now: Date,
): Promise<SignedInStaff | undefined> {
  const row = await queries.first<{
    id: string;
    user_id: string;
    auth_time: Date;
    expires_at: Date;
    email: string;
    display_name: string;
    roles: unknown;
  }>(sql`
    select s.id, s.user_id, s.auth_time, s.expires_at, u.email, u.display_name, u.roles
      from staff_session s
      join staff_user u on u.org_id = s.org_id and u.id = s.user_id and u.status = 'Active'
      join organisation o on o.org_id = s.org_id and o.active
     where s.org_id = ${queries.org} and s.id::text = ${sessionId} and s.ended_at is null and s.expires_at > ${now}`);
  return (
    row && {
      userId: row.user_id,
      email: row.email,
      displayName: row.display_name,
      roles: textsOf(row.roles),
      session: { id: row.id, userId: row.user_id, authTime: row.auth_time, expiresAt: row.expires_at },
    }
  );
}

/** Ends one session, with the reason for the record. */
export async function endStaffSession(
  queries: TenantQueries,
  id: string,
  reason: string,
  now: Date,
): Promise<void> {
  await queries.run(sql`
    update staff_session set ended_at = ${now}, end_reason = ${reason}
     where org_id = ${queries.org} and id = ${id} and ended_at is null`);
}

/** Ends every session of a user. */
export async function endSessionsOfStaff(
  queries: TenantQueries,
  userId: string,
  reason: string,
  now: Date,
): Promise<void> {
  await queries.run(sql`
    update staff_session set ended_at = ${now}, end_reason = ${reason}
     where org_id = ${queries.org} and user_id = ${userId} and ended_at is null`);
}

/** Somebody has signed in; their client may have the tokens if it shows where it began (RFC 7636). */
export interface StaffCode {
  readonly userId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
}

/** Makes an authorization code; only its hash is kept. */
export async function issueStaffCode(
  queries: TenantQueries,
  code: StaffCode,
  expiresAt: Date,
): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  await queries.run(sql`
    insert into staff_code (org_id, code_hash, user_id, client_id, redirect_uri, code_challenge, expires_at)
    values (${queries.org}, ${hashOf(secret)}, ${code.userId}, ${code.clientId}, ${code.redirectUri}, ${code.codeChallenge}, ${expiresAt})`);
  return secret;
}

/** Uses an authorization code up, whatever becomes of it. */
export async function redeemStaffCode(
  queries: TenantQueries,
  secret: string,
  now: Date,
): Promise<StaffCode | undefined> {
  const row = await queries.first<{
    user_id: string;
    client_id: string;
    redirect_uri: string;
    code_challenge: string;
    expires_at: Date;
  }>(sql`
    delete from staff_code where org_id = ${queries.org} and code_hash = ${hashOf(secret)}
    returning user_id, client_id, redirect_uri, code_challenge, expires_at`);
  if (!row || row.expires_at <= now) return undefined;
  return {
    userId: row.user_id,
    clientId: row.client_id,
    redirectUri: row.redirect_uri,
    codeChallenge: row.code_challenge,
  };
}

function hashOf(secret: string): string {
  return createHash('sha256').update(`staff code\n${secret}`).digest('base64url');
}
