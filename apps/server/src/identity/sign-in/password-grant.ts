import { findAccountByEmail, type PortalAccount } from '../accounts/account-store.ts';
import { writeAudit } from '../audit/audit.ts';
import { countAttempt, uncountAttempt } from '../rate-limits/rate-window.ts';
import { SURFACE_LIMITS } from '../rate-limits/surface-limits.ts';
import type { TokenSet } from '../sessions/portal-token-issuer.ts';
import { hasTotp } from '../totp/totp-store.ts';
import { SECOND_FACTOR_MAIL, startAppChallenge, startCodeChallenge } from './code-mail.ts';
import { eligibleUser } from './eligible-user.ts';
import { grantField } from './form-fields.ts';
import { invalidGrant, OAuthError } from './oauth-error.ts';
import type { SignInContext } from './sign-in-context.ts';

/**
 * Signs in with address and password. Unknown addresses, wrong passwords and clients that are locked out are one and the same answer after
 * the same work. With a second factor: 403 `mfa_required` and a `challenge_id` (portal §1.5, §1.7, §1.8).
 */
export async function passwordGrant(context: SignInContext): Promise<TokenSet> {
  const { tenant, portal, settings, accounts, form, now } = context;
  const email = grantField(form, 'username').trim().toLowerCase();
  const password = grantField(form, 'password');
  grantField(form, 'client_id');
  if (settings.passwordless) {
    throw new OAuthError('unauthorized_client', 'This portal signs in by e-mail code');
  }
  const subject = `${portal.portalId} ${context.client}`;
  await countAttempt(tenant, SURFACE_LIMITS.passwordPerIp, subject, now);
  const account = await findAccountByEmail(tenant, portal.portalId, email);
  const at = { portalId: portal.portalId, email, client: context.client };
  const fits = await accounts.checkPassword(tenant, at, account, password);
  if (!account || !fits) {
    await noteFailedSignIn(context);
    throw invalidGrant();
  }
  await uncountAttempt(tenant, SURFACE_LIMITS.passwordPerIp, subject);
  return openAfterPassword(context, account);
}

/** Opens the session of somebody who has shown the password, or starts their second factor: `OAuthError` `mfa_required` (portal §1.5). */
export async function openAfterPassword(context: SignInContext, account: PortalAccount): Promise<TokenSet> {
  const user = await eligibleUser(context, account);
  if (context.settings.secondFactor) {
    const hasApp = await hasTotp(context.tenant, account.id);
    const challenge = hasApp
      ? await startAppChallenge(context, account)
      : await startCodeChallenge(context, account, SECOND_FACTOR_MAIL);
    const description = hasApp ? 'The code of the authenticator app is needed' : 'A code was sent by e-mail';
    throw new OAuthError('mfa_required', description, {
      status: 403,
      members: { ...challenge, method: hasApp ? 'totp' : 'email' },
    });
  }
  return context.sessions.open(context.portal, user, account, context.origin);
}

/** Writes a failed sign-in to the audit log. Who was meant is not told: nobody has proved to be anybody. */
export function noteFailedSignIn({ tenant, portal, now, origin }: SignInContext): Promise<void> {
  return writeAudit(tenant, now, {
    actor: 'unknown',
    action: 'portal:sign-in',
    resource: `portal:${portal.portalId}`,
    result: 'failure',
    ...origin,
  });
}
