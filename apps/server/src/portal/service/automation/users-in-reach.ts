import type { Entity } from '../../../entities/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import { calendarDay } from '../../access/index.ts';
import type { Portal } from '../../config/index.ts';
import { isActive, usersReaching } from '../../users/index.ts';
import type { ServicePlatform } from '../service-platform.ts';

/** The users of a portal who see one of some entities: registered, enabled and mapped (spec/portal.md §10.3). */
export async function usersInReach(
  platform: Pick<ServicePlatform, 'accessOf' | 'portals' | 'clock'>,
  tenant: Tenant,
  entities: readonly Entity[],
  portal: Pick<Portal, 'portalId'>,
): Promise<Entity[]> {
  const today = calendarDay(platform.clock.now());
  const found = new Map<string, Entity>();
  for (const entity of entities) {
    for (const user of await usersReaching(platform, tenant, entity)) {
      const isOfPortal = user.doc['portal_id'] === portal.portalId;
      if (isOfPortal && isActive(user) && !hasExpired(user, today)) found.set(user.id, user);
    }
  }
  return [...found.values()];
}

/** The last day of access counts. */
function hasExpired({ doc }: Entity, today: string): boolean {
  const last = doc['expires_at'];
  return typeof last === 'string' && last !== '' && last.slice(0, 10) < today;
}
