import type { Principal } from '../../identity/principal.ts';

/** Who a change is noted for (contract: `UseCaseBase.changed_by`): the id of the person, or of the access token. */
export function changedBy(principal: Principal): string | undefined {
  if (principal.kind === 'user') return principal.userId;
  return principal.kind === 'api_client' || principal.kind === 'app' ? principal.tokenId : undefined;
}
