import { invalid, notFound } from '../../refusal.ts';
import type { Role, RoleType } from './role.ts';

/** Types that pass their grants on (identity §4.1). */
const PARENTS: ReadonlySet<RoleType> = new Set<RoleType>(['org_role', 'share_role', 'partner_role']);

/**
 * Refuses a parent that a role cannot have: two levels, no circle, and only types that pass their grants on. Throws 404 for a parent that
 * does not exist in the organisation, 400 otherwise.
 */
export function checkParent(role: Role, known: readonly Role[]): void {
  if (role.parentRole === undefined) return;
  const refuse = (message: string) => invalid({ path: 'body.parent_role', message });
  if (role.type !== 'user_role') throw refuse('only user roles have a parent');
  if (role.parentRole === role.id) throw refuse('is the role itself');
  const parent = known.find(({ id }) => id === role.parentRole);
  if (!parent) throw notFound(`Parent role ${role.parentRole}`, 'PARENT_ROLE_NOT_FOUND');
  if (!PARENTS.has(parent.type)) throw refuse('must be an organisation role or one for sharing');
  if (parent.parentRole !== undefined) throw refuse('has a parent itself');
  if (known.some(({ parentRole }) => parentRole === role.id)) throw refuse('the role is a parent itself');
}
