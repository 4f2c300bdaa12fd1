import type { FastifyRequest } from 'fastify';
import type { Operation } from '../../contract/openapi-document.ts';
import type { Authenticate } from '../../http/operation-route.ts';
import { forbidden, unauthorized } from '../../refusal.ts';
import type { Database } from '../../storage/index.ts';
import type { PortalDirectory } from '../portals/portal-directory.ts';
import type { Principal } from '../principal.ts';
import type { StaffTokenVerifier } from '../staff/staff-token-verifier.ts';
import type { AccessTokenVerifier } from './access-token-verifier.ts';
import { inActingOrganisation, namedOrganisation } from './acting-organisation.ts';
import { bearerToken } from './bearer-token.ts';
import { isOpenToPending, isReading, type TokenRules, tokenRules } from './operation-rules.ts';
import type { PortalAuthenticator } from './portal-authenticator.ts';
import { confirmPortalScope } from './portal-scope.ts';
import { claimedIssuer } from './verify-jwt.ts';

/**
 * Finds out who calls an operation, from the schemes its contract names. Throws 401 for missing, invalid and wrong kinds of tokens, 403 when
 * the caller is known but names a foreign organisation or portal, or writes in a preview.
 */
export function createAuthenticator(
  database: Database,
  accessTokens: AccessTokenVerifier,
  staff: StaffTokenVerifier,
  portal: PortalAuthenticator,
  directory: PortalDirectory,
): Authenticate {
  return async (request, operation) => {
    const rules = tokenRules(operation);
    const named = namedOrganisation(request);
    const principal = await identify(request, operation, rules);
    if (principal.kind === 'portal_user') await confirmPortalScope(request, principal, directory);
    return inActingOrganisation(database, principal, named);
  };

  async function identify(
    request: FastifyRequest,
    operation: Operation,
    rules: TokenRules,
  ): Promise<Principal> {
    // Public operations ignore whatever token comes along (portal §1.1).
    if (operation.security.length === 0) return { kind: 'anonymous', org: undefined };
    const token = bearerToken(request.headers.authorization);
    if (token === undefined && rules.anonymous) return { kind: 'anonymous', org: undefined };
    if (token === undefined) throw unauthorized();
    if (rules.external) return { kind: 'anonymous', org: undefined };
    const issuer = claimedIssuer(token);
    if (accessTokens.knows(issuer)) return fromAccessToken(token, issuer, operation, rules);
    if (rules.staff && staff.knows(issuer)) return staff.verify(token);
    if (!rules.portal || !portal.knows(issuer)) throw unauthorized();
    return portal.authenticate(token, issuer, isOpenToPending(operation));
  }

  async function fromAccessToken(
    token: string,
    issuer: string,
    operation: Operation,
    rules: TokenRules,
  ): Promise<Principal> {
    const bearer = await accessTokens.verify(token, issuer);
    switch (bearer.kind) {
      case 'preview': {
        if (!rules.portal) throw unauthorized();
        if (!isReading(operation)) throw forbidden('Not permitted in a preview');
        return portal.preview(bearer, isOpenToPending(operation));
      }
      case 'public_token':
        if (!rules.publishable) throw unauthorized();
        return bearer;
      default:
        if (!rules.staff) throw unauthorized();
        return bearer;
    }
  }
}
