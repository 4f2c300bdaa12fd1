import type { Access, CallerRights, Principal } from '../../identity/index.ts';
import { forbidden } from '../../refusal.ts';

type PortalAction = 'view' | 'create' | 'edit' | 'activate' | 'delete';

/** The grant an action on a portal needs: installer portals have a family of their own (identity §5). */
function portalGrant(origin: string, action: PortalAction): string {
  return `${origin === 'INSTALLER_PORTAL' ? 'installer_portal' : 'customer_portal'}:${action}`;
}

/** What a member of staff may do with portals; loaded once, so that it can be asked inside a transaction. */
export class PortalRights {
  readonly #rights: CallerRights;

  private constructor(rights: CallerRights) {
    this.#rights = rights;
  }

  static async of(access: Access, principal: Principal): Promise<PortalRights> {
    return new PortalRights(await access.rightsOf(principal));
  }

  allows(origin: string, action: PortalAction): boolean {
    return this.#rights.allows(portalGrant(origin, action), '*');
  }

  /** Throws 403 naming the grant that is missing. */
  require(origin: string, action: PortalAction): void {
    if (!this.allows(origin, action)) throw forbidden(`Not permitted: ${portalGrant(origin, action)}`);
  }

  /** For questions that name no portal, or one that does not exist: throws 403 unless some kind of portal is open to the caller. */
  requireAny(action: PortalAction): void {
    if (!this.allows('INSTALLER_PORTAL', action)) this.require('END_CUSTOMER_PORTAL', action);
  }

  /** Throws 403 when the caller may not change identity providers (identity §5). */
  requireSso(): void {
    if (!this.#rights.allows('organization:sso', '*')) throw forbidden('Not permitted: organization:sso');
  }
}
