import { type Entity, findEntities } from '../../entities/index.ts';
import { type Database, sql, type TenantQueries } from '../../storage/index.ts';

/** The portal users that are mapped to some contacts, oldest first. Users in the recycle bin are not among them. */
export async function usersOfContacts(
  queries: TenantQueries,
  contactIds: readonly string[],
): Promise<Entity[]> {
  if (contactIds.length === 0) return [];
  const rows = await queries.query<{ id: string }>(sql`
    select distinct g.from_id as id from entity_edge g
     where g.org_id = ${queries.org} and g.to_id = any(${[...contactIds]}::uuid[])
       and g.from_schema = 'portal_user' and g.attribute = 'mapped_contact'`);
  const users = await findEntities(
    queries,
    rows.map(({ id }) => id),
  );
  return users.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1));
}

/** The portal users who represent a contact or are mapped to it. */
export async function usersActingFor(
  queries: TenantQueries,
  contactIds: readonly string[],
): Promise<Entity[]> {
  if (contactIds.length === 0) return [];
  const rows = await queries.query<{ id: string }>(sql`
    select distinct g.from_id as id from entity_edge g
     where g.org_id = ${queries.org} and g.to_id = any(${[...contactIds]}::uuid[])
       and g.from_schema = 'portal_user' and g.attribute in ('mapped_contact', 'represents')`);
  return findEntities(
    queries,
    rows.map(({ id }) => id),
  );
}

// The indexes on addresses cannot be used under row-level security (->> is not leakproof), hence the installation's scope below.

/** Ids of the portal users with a sign-in address (lower case) in any portal of an organisation. */
export async function usersWithAddress(database: Database, org: string, email: string): Promise<string[]> {
  const rows = await database.system.query<{ id: string }>(sql`
    select e.id from portal p
      join entity e on e.org_id = p.org_id and e.doc ->> 'portal_id' = p.portal_id
       and lower(e.doc #>> '{email,0,email}') = ${email} and e.schema = 'portal_user' and e.deleted_at is null
     where p.org_id = ${org} order by e.created_at, e.id`);
  return rows.map(({ id }) => id);
}

/** The portal's users in the recycle bin with a sign-in address (lower case). */
export async function deletedUsersWithAddress(
  database: Database,
  org: string,
  portalId: string,
  email: string,
): Promise<string[]> {
  const rows = await database.system.query<{ id: string }>(sql`
    select e.id from entity e
     where e.org_id = ${org} and e.doc ->> 'portal_id' = ${portalId} and lower(e.doc #>> '{email,0,email}') = ${email}
       and e.schema = 'portal_user' and e.deleted_at is not null`);
  return rows.map(({ id }) => id);
}
