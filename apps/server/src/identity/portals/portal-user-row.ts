import { type Sql, sql } from '../../storage/index.ts';
import { asObject, type JsonObject, textOf } from '../json-reading.ts';
import type { PortalUserRecord } from './portal-directory.ts';

/** What is read of a portal user: the entity's document, and whether the contact it is mapped to is still there. */
export interface PortalUserRow {
  readonly id: string;
  readonly doc: unknown;
  readonly contact_exists: boolean;
}

/** Columns of a portal user's entity `e`, for `withContact`: its id, document and the id of the mapped contact. */
export const PORTAL_USER_COLUMNS: Sql = sql`e.id, e.doc,
  case when e.doc #>> '{mapped_contact,$relation,0,entity_id}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
       then (e.doc #>> '{mapped_contact,$relation,0,entity_id}')::uuid end as contact_id`;

/** Whether the contact of the portal user in the row `u` (columns `PORTAL_USER_COLUMNS`) exists. */
export function contactExists(org: string): Sql {
  return sql`exists (select 1 from entity c
    where c.org_id = ${org} and c.id = u.contact_id and c.schema = 'contact' and c.deleted_at is null)`;
}

/**
 * Adds to a select of portal users whether their contact exists. The id is computed in a table of its own first: under row-level security a condition
 * that reads a document cannot use the index on ids.
 */
export function withContact(org: string, users: Sql): Sql {
  return sql`with u as materialized (${users}) select u.id, u.doc, ${contactExists(org)} as contact_exists from u`;
}

/** Turns a row into a portal user. */
export function portalUserFrom(row: PortalUserRow): PortalUserRecord {
  const doc = asObject(row.doc);
  const [contactId] = related(doc, 'mapped_contact');
  const address = Array.isArray(doc['email']) ? asObject(doc['email'][0])['email'] : doc['email'];
  return {
    id: row.id,
    portalId: textOf(doc['portal_id']) ?? '',
    email: (textOf(address) ?? '').toLowerCase(),
    registrationStatus: textOf(doc['registration_status']) ?? '',
    accessStatus: doc['access_status'] !== false,
    expiresAt: textOf(doc['expires_at'])?.slice(0, 10),
    isMapped: doc['mapping_status'] === 'Mapped' && row.contact_exists,
    contactId,
    represents: related(doc, 'represents'),
    language: textOf(doc['language']),
  };
}

/** Entity ids of a relation attribute. */
function related(doc: JsonObject, attribute: string): string[] {
  const relation = asObject(doc[attribute])['$relation'];
  if (!Array.isArray(relation)) return [];
  return relation.map((item) => textOf(asObject(item)['entity_id'])).filter((id) => id !== undefined);
}
