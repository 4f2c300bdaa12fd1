import type { ChangeSource } from '../../../entities/index.ts';
import type { PortalPrincipal } from '../../../identity/index.ts';

/** A portal user as the source of a write: for the activity feed, for parked values and for events (spec/portal.md §11.1). */
export function portalSource(user: PortalPrincipal): ChangeSource {
  return {
    kind: 'portal',
    actor: { type: 'portal_user', id: user.portalUserId },
    label: user.origin === 'INSTALLER_PORTAL' ? 'installer_portal' : 'end_customer_portal',
    caller: {
      PortalAuth: {
        token: {
          sub: user.portalUserId,
          email: user.email,
          'cognito:username': user.email,
          'custom:origin': user.origin,
          'custom:portal_user_id': user.portalUserId,
          ...(user.contactId ? { 'custom:contact_entity_id': user.contactId } : {}),
        },
      },
    },
  };
}
