import type { Operations } from '../../contract/operation-types.ts';
import type { Clock } from '../../ports/index.ts';
import { forbidden, invalid, notFound } from '../../refusal.ts';
import type { Access } from '../access.ts';
import type { PortalAccounts } from '../accounts/portal-accounts.ts';
import { writeAudit } from '../audit/audit.ts';
import type { PortalDirectory, PortalRecord } from '../portals/portal-directory.ts';
import { actorOf } from '../tokens/access-tokens.ts';
import { endByRefreshToken } from './end-by-refresh-token.ts';

interface Parts {
  readonly accounts: PortalAccounts;
  readonly directory: PortalDirectory;
  readonly access: Access;
  readonly clock: Clock;
}

/** The Portal API's operations on portal tokens (portal §1.4, §4.8). */
export function portalTokenOperations(parts: Parts): Operations<'customer-portal'> {
  const { accounts, directory, access, clock } = parts;
  return {
    /** Authentication has done all there is to do. */
    async validateToken() {
      return undefined;
    },

    async revokeToken(call) {
      if (call.principal.kind !== 'portal_user') throw forbidden();
      const { portalUserId } = call.principal;
      await endByRefreshToken(call.tenant, call.body.refresh_token, portalUserId, clock.now());
      return { message: 'Token revoked successfully' };
    },

    async loginToPortalAsUser(call) {
      const { principal, body } = call;
      if (principal.kind !== 'user' && principal.kind !== 'api_client' && principal.kind !== 'app')
        throw forbidden();
      const email = body.email?.trim().toLowerCase();
      if (!email) throw invalid({ path: 'body.email', message: 'is required' });
      const portal = await findPortal(principal.org, body);
      const area = portal.origin === 'INSTALLER_PORTAL' ? 'installer_portal' : 'customer_portal';
      await access.requireGrant(call, `${area}:view`);
      const user = await directory.portalUserByEmail(principal.org, portal.portalId, email);
      await access.requireGrant(call, 'entity:edit', `portal_user:${user?.id ?? '*'}`);
      if (!user) throw notFound('The portal user');
      const admin = principal.kind === 'user' ? principal.userId : principal.tokenId;
      const subject = { portalId: portal.portalId, portalUserId: user.id, email: user.email };
      const token = await accounts.issueLoginAsTicket(call.tenant, subject, admin);
      await writeAudit(call.tenant, clock.now(), {
        actor: actorOf(principal),
        action: 'portal:login-as',
        resource: `portal_user:${user.id}`,
        result: 'success',
        requestId: call.requestId,
        ip: call.ip,
      });
      return { login_as_token: token };
    },
  };

  /** By `portal_id`, else `domain`, else `origin`; a portal of another organisation does not exist. */
  async function findPortal(
    org: string,
    named: { portal_id?: string; domain?: string; origin?: string },
  ): Promise<PortalRecord> {
    const portal = named.portal_id
      ? await directory.portal(named.portal_id)
      : named.domain
        ? await directory.portalByDomain(named.domain)
        : named.origin
          ? await directory.portalByOrigin(org, named.origin)
          : 'unnamed';
    if (portal === 'unnamed') {
      throw invalid({ path: 'body', message: 'needs one of portal_id, domain and origin' });
    }
    if (portal?.org !== org) throw notFound('The portal');
    return portal;
  }
}
