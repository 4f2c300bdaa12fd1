import { sql, type TenantQueries } from '../../storage/index.ts';

/** A signed-in portal user. Every token set of one sign-in shares its session: ending it ends them all. */
export interface PortalSession {
  readonly id: string;
  readonly portalId: string;
  readonly accountId: string;
  readonly portalUserId: string;
  /** The 360 user behind a login-as session. */
  readonly impersonator: string | undefined;
  /** When the user proved who they are (UTC). */
  readonly authTime: Date;
  /** No token of the session outlives this instant (UTC). */
  readonly expiresAt: Date;
}

export interface SessionRow {
  readonly id: string;
  readonly portal_id: string;
  readonly account_id: string;
  readonly portal_user_id: string;
  readonly impersonator: string | null;
  readonly auth_time: Date;
  readonly expires_at: Date;
}

const COLUMNS = sql`id, portal_id, account_id, portal_user_id, impersonator, auth_time, expires_at`;

/** Opens a session. */
export async function insertSession(queries: TenantQueries, session: PortalSession): Promise<void> {
  await queries.run(sql`
    insert into portal_session (org_id, id, portal_id, account_id, portal_user_id, impersonator, auth_time, expires_at)
    values (${queries.org}, ${session.id}, ${session.portalId}, ${session.accountId}, ${session.portalUserId},
            ${session.impersonator ?? null}, ${session.authTime}, ${session.expiresAt})`);
}

/** A session that has neither ended nor run out. */
export async function findLivingSession(
  queries: TenantQueries,
  id: string,
  now: Date,
): Promise<PortalSession | undefined> {
  const row = await queries.first<SessionRow>(sql`
    select ${COLUMNS} from portal_session
     where org_id = ${queries.org} and id = ${id} and ended_at is null and expires_at > ${now}`);
  return row && sessionFrom(row);
}

/** Turns a row into a session. */
export function sessionFrom(row: SessionRow): PortalSession {
  return {
    id: row.id,
    portalId: row.portal_id,
    accountId: row.account_id,
    portalUserId: row.portal_user_id,
    impersonator: row.impersonator ?? undefined,
    authTime: row.auth_time,
    expiresAt: row.expires_at,
  };
}

/** Ends one session, with the reason for the record. */
export async function endSession(
  queries: TenantQueries,
  id: string,
  reason: string,
  now: Date,
): Promise<void> {
  await queries.run(sql`
    update portal_session set ended_at = ${now}, end_reason = ${reason}
     where org_id = ${queries.org} and id = ${id} and ended_at is null`);
}

/** Ends every session of a portal. */
export async function endSessionsOfPortal(
  queries: TenantQueries,
  portalId: string,
  reason: string,
  now: Date,
): Promise<void> {
  await queries.run(sql`
    update portal_session set ended_at = ${now}, end_reason = ${reason}
     where org_id = ${queries.org} and portal_id = ${portalId} and ended_at is null`);
}

/** Ends every session of a portal user but one; answers how many. */
export async function endSessionsOf(
  queries: TenantQueries,
  portalUserId: string,
  reason: string,
  now: Date,
  exceptSessionId?: string,
): Promise<number> {
  return queries.run(sql`
    update portal_session set ended_at = ${now}, end_reason = ${reason}
     where org_id = ${queries.org} and portal_user_id = ${portalUserId} and ended_at is null
       and id::text <> ${exceptSessionId ?? ''}`);
}
