import type { Grant } from '../grants/grant.ts';
import type { JsonObject } from '../json-reading.ts';

export type RoleType = 'user_role' | 'org_role' | 'share_role' | 'partner_role' | 'portal_role';

/** A named set of grants in one organisation (identity §4.1). */
export interface Role {
  /** `<organisation>:<slug>`. */
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly type: RoleType;
  readonly grants: readonly Grant[];
  /** Id of the one role it inherits from. */
  readonly parentRole: string | undefined;
  /** From this instant (UTC) the role grants nothing. */
  readonly expiresAt: Date | undefined;
  /** `partner_org_id`, `pricing_tier` and `vendor_created`, for the types that have them. */
  readonly extras?: JsonObject;
}

/** The id of a role: `739224:owner`. */
export function roleId(org: string, slug: string): string {
  return `${org}:${slug}`;
}

/** The role of a portal's users (portal §5.2). */
export function portalRoleSlug(portalId: string): string {
  return `portal_${portalId}`;
}

/** What every new organisation starts with (identity §4.4). */
export function seedRoles(org: string): Role[] {
  const role = (slug: string, name: string, type: RoleType, actions: readonly string[]): Role => ({
    id: roleId(org, slug),
    slug,
    name,
    type,
    grants: actions.map((action) => ({ action })),
    parentRole: undefined,
    expiresAt: undefined,
  });
  return [
    role('root', 'Root', 'org_role', ['*']),
    role('owner', 'Owner', 'user_role', ['*']),
    role('manager', 'Manager', 'user_role', [
      'entity:*',
      'message:*',
      'workflow:*',
      'customer_portal:*',
      'installer_portal:*',
    ]),
    role('integration', 'Integration', 'user_role', [
      'integration:*',
      'entity:*',
      'meter_reading:*',
      'webhook:*',
    ]),
    role('readonly', 'Read only', 'user_role', ['*:view']),
  ];
}
