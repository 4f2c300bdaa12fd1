import type { Principal } from '../../identity/principal.ts';
import type { Document } from '../model/document.ts';
import type { ChangeSource } from '../writing/entity-change.ts';

/** Describes the caller of an API operation as the source of its writes: who, for the activity feed and for parked changes. */
export function changeSource(principal: Principal): ChangeSource {
  switch (principal.kind) {
    case 'user':
      return {
        kind: 'epilot',
        actor: { type: 'user', id: principal.userId },
        caller: caller(principal.userId, principal.email),
      };
    case 'portal_user':
      return {
        kind: 'portal',
        actor: { type: 'portal_user', id: principal.portalUserId },
        caller: caller(principal.portalUserId, principal.email),
      };
    case 'api_client':
    case 'app':
      return {
        kind: 'api',
        actor: { type: 'api_client', id: principal.tokenId },
        caller: caller(principal.tokenId, principal.name),
      };
    default:
      return { kind: 'system', actor: { type: 'system' } };
  }
}

function caller(sub: string, name: string): Document {
  return { EpilotAuth: { token: { sub, email: name } } };
}
