import { type Database, type Sql, sql } from '../../storage/index.ts';
import { isUuid } from '../uuid.ts';
import type { PortalDirectory, PortalRecord } from './portal-directory.ts';
import { PORTAL_USER_COLUMNS, type PortalUserRow, portalUserFrom, withContact } from './portal-user-row.ts';

interface PortalRow {
  readonly org_id: string;
  readonly portal_id: string;
  readonly origin: string;
  readonly enabled: boolean;
  readonly config: unknown;
  readonly domains: string[] | null;
}

/** Reads portals and portal users from the tables `portal` and `entity`. The portals of an inactive organisation are closed. */
export function storedPortalDirectory(database: Database): PortalDirectory {
  // Portals are looked up before their organisation is known, so this runs in the installation's scope.
  const portalWhere = async (condition: Sql): Promise<PortalRecord | undefined> => {
    const row = await database.system.first<PortalRow>(sql`
      select p.org_id, p.portal_id, p.origin, p.enabled and coalesce(o.active, true) as enabled, p.config,
             (select array_agg(d.domain order by d.domain) from portal_domain d
               where d.org_id = p.org_id and d.portal_id = p.portal_id) as domains
        from portal p left join organisation o on o.org_id = p.org_id
       where ${condition} order by p.created_at, p.portal_id limit 1`);
    return row && portalFrom(row);
  };
  return {
    portal: (portalId) => portalWhere(sql`p.portal_id = ${portalId}`),
    portalAt: ({ portalId }) => portalWhere(sql`p.portal_id = ${portalId}`),
    portalByDomain: (domain) =>
      portalWhere(sql`(p.org_id, p.portal_id) in (
        select d.org_id, d.portal_id from portal_domain d where d.domain = ${normalHost(domain)})`),
    portalByOrigin: (org, origin) => portalWhere(sql`p.org_id = ${org} and p.origin = ${origin}`),
    async portalUser(org, portalUserId) {
      if (!isUuid(portalUserId)) return undefined;
      const row = await database.tenant(org).first<PortalUserRow>(
        withContact(
          org,
          sql`select ${PORTAL_USER_COLUMNS} from entity e
               where e.org_id = ${org} and e.id = ${portalUserId} and e.schema = 'portal_user' and e.deleted_at is null`,
        ),
      );
      return row && portalUserFrom(row);
    },
    async portalUserByEmail(org, portalId, email) {
      // The index on the address cannot be used under row-level security (->> is not leakproof), hence the installation's scope.
      const row = await database.system.first<PortalUserRow>(
        withContact(
          org,
          sql`select ${PORTAL_USER_COLUMNS} from entity e
               where e.org_id = ${org} and e.doc ->> 'portal_id' = ${portalId} and lower(e.doc #>> '{email,0,email}') = ${email}
                 and e.schema = 'portal_user' and e.deleted_at is null
               order by e.created_at, e.id limit 1`,
        ),
      );
      return row && portalUserFrom(row);
    },
  };
}

/** A host name for comparison: lower case, without scheme, port, path and trailing dot (portal §2.2). */
export function normalHost(text: string): string {
  const host = text
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[/:?#].*$/, '')
    .replace(/\.$/, '');
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;
}

function portalFrom(row: PortalRow): PortalRecord {
  return {
    org: row.org_id,
    portalId: row.portal_id,
    origin: row.origin,
    enabled: row.enabled,
    domains: row.domains ?? [],
    config: row.config,
  };
}
