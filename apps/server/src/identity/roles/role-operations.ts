import type { Operations } from '../../contract/operation-types.ts';
import type { Call } from '../../http/call.ts';
import type { Clock } from '../../ports/index.ts';
import { conflict, invalid, notFound, Refusal } from '../../refusal.ts';
import type { TenantQueries, TenantTransaction } from '../../storage/index.ts';
import type { Access } from '../access.ts';
import { writeAudit } from '../audit/audit.ts';
import { auditActor } from '../audit/audit-actor.ts';
import { textsOf } from '../json-reading.ts';
import {
  findStaffUser,
  isHeldByAnother,
  listAssignments,
  writeAssignments,
} from '../organisations/staff-user.ts';
import type { Principal } from '../principal.ts';
import { checkParent } from './parent-rules.ts';
import { type Role, roleId } from './role.ts';
import type { RoleCache } from './role-cache.ts';
import { listRoles, putRole, removeRole } from './role-store.ts';
import { readRole, roleProblems, roleToWire } from './role-wire.ts';

interface Parts {
  readonly access: Access;
  readonly roles: RoleCache;
  readonly clock: Clock;
}

const DEFAULT_LIMIT = 50;

/** Roles and who holds them (identity §4.5, contract `permissions`). Grants: `role:view|create|delete|assign` on `role:<id>`. */
export function roleOperations({ access, roles, clock }: Parts): Operations<'permissions'> {
  const note = (queries: TenantQueries, call: Call<unknown>, action: string, resource: string) =>
    writeAudit(queries, clock.now(), {
      ...{ actor: auditActor(call.principal), action, resource, result: 'success' },
      ...{ requestId: call.requestId, ip: call.ip },
    });

  const existing = async (queries: TenantQueries, id: string): Promise<Role> => {
    const role = (await listRoles(queries)).find((one) => one.id === id);
    if (!role) throw notFound('The role', 'ROLE_NOT_FOUND');
    return role;
  };

  const save = async (tx: TenantTransaction, call: Call<unknown>, role: Role, action: string) => {
    checkParent(role, await listRoles(tx));
    await putRole(tx, role);
    await note(tx, call, action, `role:${role.id}`);
    tx.afterCommit(() => roles.forget(tx.org));
    return roleToWire(tx.org, role);
  };

  const assign = async (
    call: Call<unknown>,
    userId: string,
    change: (held: readonly string[]) => readonly string[],
  ): Promise<readonly string[]> => {
    await access.requireGrant(call, 'role:assign');
    return call.tenant.transaction(async (tx) => {
      const user = await findStaffUser(tx, userId);
      if (!user) throw notFound('The user', 'USER_NOT_FOUND');
      const wanted = [...new Set(change(user.roles))];
      const known = new Set((await listRoles(tx)).filter(isAssignable).map(({ id }) => id));
      const unknown = wanted.filter((id) => !known.has(id) && !user.roles.includes(id));
      if (unknown.length > 0)
        throw invalid({ path: 'body', message: `names no role: ${unknown.join(', ')}` });
      await keepAnOwner(tx, user, wanted);
      await writeAssignments(tx, userId, wanted);
      await note(tx, call, 'role:assign', `user:${userId}`);
      return wanted;
    });
  };

  return {
    async listCurrentRoles(call) {
      const held = rolesOf(call.principal);
      const all = await listRoles(call.tenant);
      const inherited = new Set(
        all.filter(({ id }) => held.includes(id)).map(({ parentRole }) => parentRole),
      );
      const own = all.filter(({ id, type }) => held.includes(id) || inherited.has(id) || type === 'org_role');
      return { roles: own.map((role) => roleToWire(call.tenant.org, role)) };
    },

    async listAllRoles(call) {
      await access.requireGrant(call, 'role:view');
      return { roles: (await listRoles(call.tenant)).map((role) => roleToWire(call.tenant.org, role)) };
    },

    async searchRoles(call) {
      await access.requireGrant(call, 'role:view');
      const {
        role_ids: ids,
        org_ids: orgs,
        slugs,
        query = '',
        limit = DEFAULT_LIMIT,
        offset = 0,
      } = call.body ?? {};
      const { org } = call.tenant;
      const words = query.toLowerCase();
      const found = (await listRoles(call.tenant)).filter(
        (role) =>
          (!orgs || orgs.includes(org)) &&
          (!ids || ids.includes(role.id)) &&
          (!slugs || slugs.includes(role.slug)) &&
          `${role.name} ${role.slug}`.toLowerCase().includes(words),
      );
      const page = found.slice(offset, offset + Math.min(limit, 1_000));
      return { hits: found.length, results: page.map((role) => roleToWire(org, role)) };
    },

    async getRole(call) {
      const { roleId: id } = call.parameters;
      await access.requireGrant(call, 'role:view', `role:${id}`);
      return roleToWire(call.tenant.org, await existing(call.tenant, id));
    },

    async createRole(call) {
      await access.requireGrant(call, 'role:create');
      const problems = roleProblems(call.body);
      if (problems.length > 0) throw invalid(problems);
      const { org } = call.tenant;
      const id = roleId(org, String(call.body?.slug));
      refuseForeignId(call.body, id, org);
      return call.tenant.transaction(async (tx) => {
        const known = await listRoles(tx);
        if (known.some((role) => role.id === id)) throw conflict(`Role ${id} exists already`, 'ROLE_EXISTS');
        const role = readRole(call.body, id);
        if (role.type === 'org_role')
          throw conflict('An organisation has one organisation role', 'ROLE_EXISTS');
        return save(tx, call, role, 'role:create');
      });
    },

    async putRole(call) {
      const { roleId: id } = call.parameters;
      await access.requireGrant(call, 'role:create', `role:${id}`);
      const problems = roleProblems(call.body);
      if (problems.length > 0) throw invalid(problems);
      refuseForeignId(call.body, id, call.tenant.org);
      return call.tenant.transaction(async (tx) => {
        const before = await existing(tx, id);
        const role = readRole(call.body, id);
        if (role.type !== before.type || role.slug !== before.slug) {
          throw invalid({ path: 'body.type', message: 'type and slug of a role cannot be changed' });
        }
        return save(tx, call, role, 'role:edit');
      });
    },

    async deleteRole(call) {
      const { roleId: id } = call.parameters;
      await access.requireGrant(call, 'role:delete', `role:${id}`);
      return call.tenant.transaction(async (tx) => {
        const role = await existing(tx, id);
        if (role.type === 'org_role' || id === roleId(tx.org, 'owner') || role.type === 'portal_role') {
          throw new Refusal(400, 'ROLE_NEEDED', 'This role cannot be deleted', { reason: 'ROLE_NEEDED' });
        }
        await removeRole(tx, id);
        await note(tx, call, 'role:delete', `role:${id}`);
        tx.afterCommit(() => roles.forget(tx.org));
        return roleToWire(tx.org, role);
      });
    },

    async refreshPermissions(call) {
      await access.requireGrant(call, 'role:view');
      roles.forget(call.tenant.org);
      return undefined;
    },

    async getAssignedRolesForUser(call) {
      await access.requireGrant(call, 'role:view');
      const user = await findStaffUser(call.tenant, call.parameters.userId);
      if (!user) throw notFound('The user', 'USER_NOT_FOUND');
      return [...user.roles];
    },

    async assignRoles(call) {
      return [...(await assign(call, call.parameters.userId, () => textsOf(call.body)))];
    },

    async addAssignment(call) {
      const { userId, roleId: id } = call.parameters;
      return { user_id: userId, roles: [...(await assign(call, userId, (held) => [...held, id]))] };
    },

    async removeAssignment(call) {
      const { userId, roleId: id } = call.parameters;
      const left = await assign(call, userId, (held) => held.filter((one) => one !== id));
      return { user_id: userId, roles: [...left] };
    },

    async listAllAssignments(call) {
      await access.requireGrant(call, 'role:view');
      const all = await listAssignments(call.tenant);
      return { assignments: all.map(({ id, roles: held }) => ({ user_id: id, roles: [...held] })) };
    },
  };
}

/** Portal users get their portal's role, everybody the organisation's: neither is assigned. */
function isAssignable({ type }: Role): boolean {
  return type !== 'portal_role' && type !== 'org_role';
}

/** The last owner of an organisation stays one (identity §4.5). */
async function keepAnOwner(
  tx: TenantTransaction,
  user: { readonly id: string; readonly roles: readonly string[] },
  wanted: readonly string[],
): Promise<void> {
  const owner = roleId(tx.org, 'owner');
  if (!user.roles.includes(owner) || wanted.includes(owner)) return;
  if (await isHeldByAnother(tx, owner, user.id)) return;
  throw new Refusal(400, 'LAST_OWNER', 'The last owner keeps the role', { reason: 'LAST_OWNER' });
}

function refuseForeignId(body: unknown, id: string, org: string): void {
  const { id: sent, organization_id: sentOrg } = Object(body);
  if (sent !== undefined && sent !== id) throw invalid({ path: 'body.id', message: `must be ${id}` });
  if (sentOrg !== undefined && String(sentOrg) !== org) {
    throw invalid({ path: 'body.organization_id', message: 'is another organisation' });
  }
}

function rolesOf(principal: Principal): readonly string[] {
  return 'roles' in principal ? principal.roles : [];
}
