import { type EntityAccess, schemasAt, schemasOf } from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import type { Clock } from '../../ports/index.ts';
import { unauthorized } from '../../refusal.ts';
import { calendarDay } from './calendar-day.ts';
import { type AccessPortal, PortalAccess } from './portal-access.ts';

/** What the access rules stand on. */
export interface PortalAccessPlatform {
  readonly access: EntityAccess;
  readonly portals: { of(caller: Pick<Call, 'principal'>): Promise<AccessPortal> };
  readonly clock: Clock;
}

/** Loads what the portal user behind a call may see and change. Throws 401 for everybody else. */
export type AccessOf = (call: Pick<Call, 'principal' | 'tenant'>) => Promise<PortalAccess>;

/** The access rules as the operations of portal users ask for them. */
export function portalAccess({ access, portals, clock }: PortalAccessPlatform): AccessOf {
  return async ({ principal, tenant }) => {
    if (principal.kind !== 'portal_user') throw unauthorized('A portal token is required');
    const [portal, rights, schemas] = await Promise.all([
      portals.of({ principal }),
      access.rightsOf(principal),
      principal.versions ? schemasAt(tenant, principal.versions.schemaGeneration) : schemasOf(tenant),
    ]);
    return new PortalAccess({
      portal,
      user: principal,
      rights,
      schemas,
      queries: tenant,
      today: calendarDay(clock.now()),
    });
  };
}
