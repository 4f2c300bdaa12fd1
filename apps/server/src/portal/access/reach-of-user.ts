import type { JsonObject } from '../../contract/json-object.ts';
import type { PortalPrincipal } from '../../identity/index.ts';
import type { Reach } from './relation-gate.ts';

/**
 * Whose reach the relation gate walks for a portal user: the contact set, and the portal's cut-off for inactive contracts
 * (`inactive_contract_cutoff_years`, counted from `today`, `YYYY-MM-DD`). `fileParents` are the schemas the user may see.
 */
export function reachOf(
  user: PortalPrincipal,
  config: JsonObject,
  today: string,
  fileParents: readonly string[],
): Reach {
  const years = config['inactive_contract_cutoff_years'];
  const hasCutoff = typeof years === 'number' && years > 0;
  return {
    org: user.org,
    portalUserId: user.portalUserId,
    contactIds: user.contactIds,
    contractCutoff: hasCutoff ? yearsBefore(today, Math.floor(years)) : undefined,
    fileParents,
  };
}

/** The same day some years ago; days are compared as text, so 29 February needs no care. */
function yearsBefore(day: string, years: number): string {
  return `${String(Number(day.slice(0, 4)) - years).padStart(4, '0')}${day.slice(4)}`;
}
