import { sql, type TenantQueries } from '../../storage/index.ts';
import type { PortalPointer, PortalUserRecord } from '../portals/portal-directory.ts';
import {
  contactExists,
  PORTAL_USER_COLUMNS,
  type PortalUserRow,
  portalUserFrom,
} from '../portals/portal-user-row.ts';
import { type PortalSession, type SessionRow, sessionFrom } from '../sessions/session-store.ts';
import { isUuid } from '../uuid.ts';

/** What the claims of a portal token name. */
export interface ClaimedCaller {
  readonly portalId: string;
  readonly portalUserId: string;
  /** Undefined for previews, which have no session. */
  readonly sessionId: string | undefined;
}

/** What is stored about a caller at this moment; what is missing does not exist (any more). */
export interface CallerRecords {
  readonly portal: PortalPointer;
  readonly session: PortalSession | undefined;
  readonly user: PortalUserRecord | undefined;
  readonly schemaGeneration: number;
}

interface CallerRow extends Nullable<Omit<SessionRow, 'id'>>, Nullable<PortalUserRow> {
  readonly revision: number;
  readonly active: boolean;
  readonly session_id: string | null;
  readonly generation: number | null;
}

type Nullable<Row> = { readonly [Column in keyof Row]: Row[Column] | null };

/**
 * Reads in one statement everything that every request of a portal user depends on: the portal's revision, the living session, the portal user with
 * its contact, and the generation of the organisation's schemas. Undefined when the organisation has no such portal. Large things are not in it: their
 * versions are, so that copies in memory serve when, and only when, they are the newest.
 */
export async function readCallerRecords(
  queries: TenantQueries,
  claimed: ClaimedCaller,
  now: Date,
): Promise<CallerRecords | undefined> {
  const { org } = queries;
  const { portalId } = claimed;
  const row = await queries.first<CallerRow>(sql`
    with u as materialized (
      select ${PORTAL_USER_COLUMNS} from entity e
       where e.org_id = ${org} and e.id = ${uuidOrNull(claimed.portalUserId)}::uuid and e.schema = 'portal_user' and e.deleted_at is null)
    select p.revision, coalesce(o.active, true) as active,
           s.id as session_id, s.portal_id, s.account_id, s.portal_user_id, s.impersonator, s.auth_time, s.expires_at,
           u.id, u.doc, ${contactExists(org)} as contact_exists,
           (select g.generation from entity_schema_generation g where g.org_id = ${org}) as generation
      from portal p
      left join organisation o on o.org_id = p.org_id
      left join portal_session s on s.org_id = p.org_id and s.id = ${uuidOrNull(claimed.sessionId)}::uuid
                                and s.ended_at is null and s.expires_at > ${now}
      left join u on true
     where p.org_id = ${org} and p.portal_id = ${portalId}`);
  return (
    row && {
      portal: { portalId, revision: row.revision, isOrganisationActive: row.active },
      session: sessionOf(row),
      user: userOf(row),
      schemaGeneration: row.generation ?? 0,
    }
  );
}

function uuidOrNull(text: string | undefined): string | null {
  return text !== undefined && isUuid(text) ? text : null;
}

/** The columns of an outer join are all null where there is no row. */
function sessionOf(row: CallerRow): PortalSession | undefined {
  const { session_id: id, portal_id, account_id, portal_user_id, auth_time, expires_at } = row;
  if (id === null || portal_id === null || account_id === null || portal_user_id === null) return undefined;
  if (auth_time === null || expires_at === null) return undefined;
  const { impersonator } = row;
  return sessionFrom({ id, portal_id, account_id, portal_user_id, impersonator, auth_time, expires_at });
}

function userOf({ id, doc, contact_exists }: CallerRow): PortalUserRecord | undefined {
  return id === null ? undefined : portalUserFrom({ id, doc, contact_exists: contact_exists === true });
}
