import { type Entity, toWire } from '../entities/index.ts';
import type { Identity, Principal } from '../identity/index.ts';
import type { portalAccess } from '../portal/index.ts';
import type { Tenant } from '../storage/index.ts';

/** Whether a caller may read a file: portal users by the rules of their portal, everybody else by their grants. */
export function fileViewers(access: Identity['access'], accessOf: ReturnType<typeof portalAccess>) {
  return async (principal: Principal, file: Entity, tenant: Tenant): Promise<boolean> => {
    if (principal.kind !== 'portal_user')
      return access.isAllowed(principal, 'entity:view', `file:${file.id}`, toWire(file));
    const portal = await accessOf({ principal, tenant });
    return portal.canView(file) && (await portal.reaches([file])).has(file.id);
  };
}
