import { portalIssuer } from '../sessions/portal-token-issuer.ts';
import type { SignInContext } from './sign-in-context.ts';
import { SUPPORTED_GRANTS } from './token-endpoint.ts';

/** The OpenID Connect discovery document of a portal. */
export function discoveryDocument({ baseUrl, portal }: SignInContext): Record<string, unknown> {
  const issuer = portalIssuer(baseUrl, portal.portalId);
  return {
    issuer,
    token_endpoint: `${issuer}/oauth2/token`,
    revocation_endpoint: `${issuer}/oauth2/revoke`,
    userinfo_endpoint: `${issuer}/oauth2/userinfo`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: SUPPORTED_GRANTS,
    // There is no authorization endpoint: the portal's own pages collect the credentials.
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['none'],
    scopes_supported: ['openid', 'email'],
  };
}
