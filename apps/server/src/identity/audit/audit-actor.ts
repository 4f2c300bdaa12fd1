import type { Principal } from '../principal.ts';

/** How a caller is named in the audit log: `<kind>:<id>`. */
export function auditActor(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return `user:${principal.userId}`;
    case 'api_client':
    case 'app':
    case 'public_token':
      return `${principal.kind}:${principal.tokenId}`;
    case 'portal_user':
      return `portal_user:${principal.portalUserId}`;
    case 'anonymous':
      return 'anonymous';
  }
}
