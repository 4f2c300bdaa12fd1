import type { Principal } from '../identity/principal.ts';

/** Names a caller as the one who may save what they uploaded (portal.md 6.2). */
export function holderOf(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return `user:${principal.userId}`;
    case 'portal_user':
      return `portal_user:${principal.portalUserId}`;
    case 'anonymous':
      return 'anonymous';
    default:
      return `token:${principal.tokenId}`;
  }
}
