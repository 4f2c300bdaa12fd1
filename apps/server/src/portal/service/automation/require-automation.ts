import type { Call } from '../../../http/call.ts';
import type { Access } from '../../../identity/index.ts';
import { PortalRights } from '../../config/index.ts';

/** Throws 403 unless the caller may run automations, or look at portals (of an origin, where one is named; identity.md §5). */
export async function requireAutomation(
  grants: Access,
  { principal }: Pick<Call, 'principal'>,
  origin?: string,
): Promise<void> {
  if (await grants.isAllowed(principal, 'automation:trigger', '*')) return;
  const rights = await PortalRights.of(grants, principal);
  if (origin === undefined) rights.requireAny('view');
  else rights.require(origin, 'view');
}
