import { json, sql, type TenantQueries } from '../../storage/index.ts';
import { textsOf } from '../json-reading.ts';

/** A 360 user, as far as tokens and permissions need one (identity §2.1). */
export interface StaffUser {
  readonly id: string;
  /** Lower case, unique in the installation. */
  readonly email: string;
  readonly displayName: string;
  readonly status: 'Pending' | 'Active' | 'Deactivated' | 'Deleted';
  readonly roles: readonly string[];
}

/** Writes a user, over the one that has its id. */
export async function putStaffUser(queries: TenantQueries, user: StaffUser, now: Date): Promise<void> {
  await queries.run(sql`
    insert into staff_user (org_id, id, email, display_name, status, roles, created_at, activated_at)
    values (${queries.org}, ${user.id}, ${user.email.toLowerCase()}, ${user.displayName}, ${user.status},
            ${json(user.roles)}::jsonb, ${now}, ${user.status === 'Active' ? now : null})
    on conflict (org_id, id) do update
       set email = excluded.email, display_name = excluded.display_name, status = excluded.status, roles = excluded.roles,
           activated_at = coalesce(staff_user.activated_at, excluded.activated_at)`);
}

/** Every user of the organisation who is not deleted, with role ids. */
export async function listAssignments(
  queries: TenantQueries,
): Promise<readonly { readonly id: string; readonly roles: readonly string[] }[]> {
  const rows = await queries.query<{ id: string; roles: unknown }>(
    sql`select id, roles from staff_user where org_id = ${queries.org} and status <> 'Deleted' order by id`,
  );
  return rows.map(({ id, roles }) => ({ id, roles: textsOf(roles) }));
}

/** Gives a user exactly these roles; false when there is no such user. */
export async function writeAssignments(
  queries: TenantQueries,
  id: string,
  roles: readonly string[],
): Promise<boolean> {
  const written = await queries.run(sql`
    update staff_user set roles = ${json(roles)}::jsonb
     where org_id = ${queries.org} and id = ${id} and status <> 'Deleted'`);
  return written === 1;
}

/** Whether an active user besides this one holds a role. The users are locked, so that two owners cannot step down at once. */
export async function isHeldByAnother(queries: TenantQueries, role: string, id: string): Promise<boolean> {
  const rows = await queries.query<{ id: string; roles: unknown }>(sql`
    select id, roles from staff_user where org_id = ${queries.org} and status = 'Active' order by id for update`);
  return rows.some((row) => row.id !== id && textsOf(row.roles).includes(role));
}

/** The user, or undefined when the organisation has none with this id. */
export async function findStaffUser(queries: TenantQueries, id: string): Promise<StaffUser | undefined> {
  const row = await queries.first<{
    email: string;
    display_name: string;
    status: StaffUser['status'];
    roles: unknown;
  }>(
    sql`select email, display_name, status, roles from staff_user where org_id = ${queries.org} and id = ${id}`,
  );
  return (
    row && {
      id,
      email: row.email,
      displayName: row.display_name,
      status: row.status,
      roles: textsOf(row.roles),
    }
  );
}
