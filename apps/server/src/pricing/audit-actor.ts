import type { Principal } from '../identity/index.ts';

/** How the audit log names who did something. */
export function actorOf(principal: Principal): string {
  if (principal.kind === 'user') return `user:${principal.userId}`;
  return 'tokenId' in principal ? `${principal.kind}:${principal.tokenId}` : principal.kind;
}
