import { json, rowVersions, type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import { readGrants } from '../grants/grant.ts';
import { asObject } from '../json-reading.ts';
import type { Role, RoleType } from './role.ts';

interface RoleRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly type: RoleType;
  readonly parent_role: string | null;
  readonly grants: unknown;
  readonly expires_at: Date | null;
  readonly extras: unknown;
}

/** Every role of the organisation. */
export async function listRoles(queries: TenantQueries): Promise<Role[]> {
  const rows = await queries.query<RoleRow>(sql`
    select id, slug, name, type, parent_role, grants, expires_at, extras from role where org_id = ${queries.org} order by id`);
  return rows.map((row) => ({
    id: row.id,
    slug: row.slug,
    name: row.name,
    type: row.type,
    grants: readGrants(row.grants),
    parentRole: row.parent_role ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    extras: asObject(row.extras),
  }));
}

/** The stored grants of a role, for statements that read more than them; `readGrants` reads them. No row without the role. */
export function grantsOfRole(org: string, id: string): Sql {
  return sql`select grants from role where org_id = ${org} and id = ${id}`;
}

/** A subselect of one text that differs whenever the role has changed. */
export function roleVersion(org: string, id: string): Sql {
  return rowVersions('role', sql`t.org_id = ${org} and t.id = ${id}`);
}

/** Removes a role; whoever holds it holds nothing. */
export async function removeRole(queries: TenantQueries, id: string): Promise<void> {
  await queries.run(sql`delete from role where org_id = ${queries.org} and id = ${id}`);
}

/** Writes a role, over the one that has its id. */
export async function putRole(queries: TenantQueries, role: Role): Promise<void> {
  await queries.run(sql`
    insert into role (org_id, id, slug, name, type, parent_role, grants, expires_at, extras)
    values (${queries.org}, ${role.id}, ${role.slug}, ${role.name}, ${role.type}, ${role.parentRole ?? null},
            ${json(role.grants)}::jsonb, ${role.expiresAt ?? null}, ${json(role.extras ?? {})}::jsonb)
    on conflict (org_id, id) do update
       set name = excluded.name, parent_role = excluded.parent_role, grants = excluded.grants, expires_at = excluded.expires_at, extras = excluded.extras`);
}
