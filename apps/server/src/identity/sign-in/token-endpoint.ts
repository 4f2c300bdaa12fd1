import type { TokenSet } from '../sessions/portal-token-issuer.ts';
import { grantField } from './form-fields.ts';
import { invalidGrant, OAuthError } from './oauth-error.ts';
import { passwordGrant } from './password-grant.ts';
import { emailCodeGrant, loginAsGrant, magicLinkGrant, ssoGrant, totpGrant } from './proof-grants.ts';
import type { SignInContext } from './sign-in-context.ts';

type Grant = (context: SignInContext) => Promise<TokenSet>;

const URN = 'urn:portal-server:grant:';

/** The grants of portal §1.5 by `grant_type`. */
const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ['password', passwordGrant],
  ['refresh_token', refreshGrant],
  [`${URN}email-code`, emailCodeGrant],
  [`${URN}magic-link`, magicLinkGrant],
  [`${URN}totp`, totpGrant],
  [`${URN}sso`, ssoGrant],
  [`${URN}login-as`, loginAsGrant],
]);

/** What discovery announces. */
export const SUPPORTED_GRANTS: readonly string[] = [...GRANTS.keys()];

/** The RFC 6749 token endpoint of a portal. Throws `OAuthError`, or 429 when something was tried too often. */
export function token(context: SignInContext): Promise<TokenSet> {
  const grant = GRANTS.get(grantField(context.form, 'grant_type'));
  if (!grant) throw new OAuthError('unsupported_grant_type', 'This grant is not supported');
  const clientId = context.form.get('client_id');
  if (clientId !== undefined && clientId !== context.settings.clientId) {
    throw new OAuthError('invalid_client', 'The client is not known to this portal');
  }
  return grant(context);
}

async function refreshGrant(context: SignInContext): Promise<TokenSet> {
  const refreshed = await context.sessions.refresh(context.portal, grantField(context.form, 'refresh_token'));
  if (refreshed.outcome !== 'tokens') throw invalidGrant();
  return refreshed.tokens;
}
