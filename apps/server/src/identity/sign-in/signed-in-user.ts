import type { FastifyRequest } from 'fastify';
import { unauthorized } from '../../refusal.ts';
import { bearerToken } from '../authentication/bearer-token.ts';
import { claimedIssuer } from '../authentication/verify-jwt.ts';
import type { PortalPrincipal } from '../principal.ts';
import { portalIssuer } from '../sessions/portal-token-issuer.ts';
import type { SignInContext } from './sign-in-context.ts';

/** The portal user of a request's bearer token, mapped or not. Throws 401, also for tokens of another portal. */
export async function signedInUser(
  context: SignInContext,
  request: Pick<FastifyRequest, 'headers'>,
): Promise<PortalPrincipal> {
  const token = bearerToken(request.headers.authorization);
  const issuer = token && claimedIssuer(token);
  if (!token || issuer !== portalIssuer(context.baseUrl, context.portal.portalId)) throw unauthorized();
  return context.portalAuthenticator.authenticate(token, issuer, true);
}
