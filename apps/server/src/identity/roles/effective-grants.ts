import type { EffectiveGrants } from '../grants/decision.ts';
import type { Grant } from '../grants/grant.ts';
import type { Principal } from '../principal.ts';
import { portalRoleSlug, type Role, roleId } from './role.ts';

/**
 * The grants that count for a caller now (identity §4.3): expired roles and roles of other organisations are dropped, one parent is
 * inherited, the organisation role is the ceiling. Callers without a role (publishable tokens, nobody) are granted nothing.
 */
export function effectiveGrants(
  principal: Principal,
  roles: ReadonlyMap<string, Role>,
  now: Date,
): EffectiveGrants {
  const valid = (role: Role | undefined): role is Role =>
    role !== undefined && (role.expiresAt === undefined || role.expiresAt > now);
  const grantsOf = (ids: readonly string[]): readonly Grant[] => {
    const lists = ids
      .map((id) => roles.get(id))
      .filter(valid)
      .flatMap((role) => [role, role.parentRole ? roles.get(role.parentRole) : undefined])
      .filter(valid)
      .map((role) => role.grants);
    // A single role's own list: what decisions remember about it serves the next request, too.
    return lists.length === 1 && lists[0] ? lists[0] : lists.flat();
  };
  switch (principal.kind) {
    case 'user':
    case 'api_client':
    case 'app': {
      const owner = roleId(principal.org, 'owner');
      const ceiling = [...roles.values()].find((role) => role.type === 'org_role');
      return {
        own: grantsOf(principal.roles),
        ceiling: valid(ceiling) ? ceiling.grants : [],
        isOwner: principal.roles.includes(owner) && valid(roles.get(owner)),
        readOnly: principal.readOnly,
        userId: principal.kind === 'user' ? principal.userId : undefined,
      };
    }
    case 'portal_user':
      return {
        own: grantsOf([roleId(principal.org, portalRoleSlug(principal.portalId))]),
        ceiling: undefined,
        isOwner: false,
        readOnly: principal.readOnly,
        userId: undefined,
      };
    case 'public_token':
    case 'anonymous':
      return { own: [], ceiling: [], isOwner: false, readOnly: true, userId: undefined };
  }
}
