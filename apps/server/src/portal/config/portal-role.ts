import { type Grant, type Organisations, portalRoleSlug, roleId } from '../../identity/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { Portal } from './portal.ts';

/** What portals show unless they name their schemas (portal §3.2 `allowed_portal_entities`). */
const PORTAL_SCHEMAS = [
  'contact',
  'contract',
  'order',
  'opportunity',
  'meter',
  'meter_counter',
  'billing_account',
  'billing_event',
  'product',
  'price',
  'ticket',
  'file',
] as const;
/** What every portal needs, whether its configuration names them or not (portal §3.4). */
const ALWAYS_ALLOWED = ['contact', 'portal_user', 'file'] as const;
/** What customers may change about themselves from the start (portal §5.2). */
const EDITABLE_CONTACT_ATTRIBUTES = ['email', 'phone', 'address', 'payment'] as const;

/** Slugs of the schemas that a portal's users may reach at all; the portal role and the relation gate narrow this down. */
export function allowedSchemas(portal: Pick<Portal, 'config'>): string[] {
  const named = portal.config['allowed_portal_entities'];
  const slugs = Array.isArray(named) ? named.filter((slug) => typeof slug === 'string') : PORTAL_SCHEMAS;
  return [...new Set([...slugs, ...ALWAYS_ALLOWED])];
}

/** Creates the role of a new portal's users with the grants of portal §5.2. */
export async function createPortalRole(
  tx: TenantTransaction,
  organisations: Organisations,
  portal: Pick<Portal, 'portalId' | 'config'>,
): Promise<void> {
  await organisations.putRole(tx, {
    id: roleId(tx.org, portalRoleSlug(portal.portalId)),
    slug: portalRoleSlug(portal.portalId),
    name: `Portal ${portal.portalId}`,
    type: 'portal_role',
    parentRole: undefined,
    expiresAt: undefined,
    grants: [
      ...allowedSchemas(portal).flatMap(viewGrants),
      { action: 'entity:edit', resource: 'contact:*' },
      ...EDITABLE_CONTACT_ATTRIBUTES.map((attribute) => ({
        action: 'entity:attribute:edit',
        resource: `contact:*:${attribute}`,
      })),
      { action: 'entity:create', resource: 'file:*' },
      { action: 'entity:delete', resource: 'file:*' },
      { action: 'meter_reading:*', resource: '*' },
    ],
  });
}

/**
 * Lets the portal role follow a changed list of schemas: grants on schemas that left the list go, view grants for new ones come, everything
 * that was edited otherwise stays (portal §3.2).
 */
export async function syncPortalRole(
  tx: TenantTransaction,
  organisations: Organisations,
  portalId: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const added = after.filter((slug) => !before.includes(slug));
  const removed = before.filter((slug) => !after.includes(slug));
  if (added.length === 0 && removed.length === 0) return;
  const role = await organisations.role(tx, roleId(tx.org, portalRoleSlug(portalId)));
  if (!role) return;
  const isOfRemoved = ({ action, resource }: Grant) =>
    action.startsWith('entity:') && resource !== undefined && removed.includes(resource.split(':')[0] ?? '');
  const kept = role.grants.filter((grant) => !isOfRemoved(grant));
  await organisations.putRole(tx, { ...role, grants: [...kept, ...added.flatMap(viewGrants)] });
}

function viewGrants(slug: string): Grant[] {
  return [
    { action: 'entity:view', resource: `${slug}:*` },
    { action: 'entity:attribute:view', resource: `${slug}:*:*` },
  ];
}
