import type { FastifyRequest } from 'fastify';
import { forbidden, Refusal } from '../../refusal.ts';
import { findAccountOfUser } from '../accounts/account-store.ts';
import { checkPassword } from '../accounts/password-policy.ts';
import { type Challenge, redeemCode, redeemLink } from '../challenges/challenge-store.ts';
import { accountOfAddress } from './account-of-address.ts';
import { type StartedChallenge, startCodeChallenge } from './code-mail.ts';
import { addressField, bodyField } from './form-fields.ts';
import { countMailWish, countProof } from './limits.ts';
import type { SignInContext } from './sign-in-context.ts';
import { signedInUser } from './signed-in-user.ts';

/**
 * Mails a code and a link to set a new password. Always the same answer for all addresses of a portal (portal §1.8). Throws 429, 409
 * `PASSWORD_KEPT_ELSEWHERE`.
 */
export async function forgotPassword(context: SignInContext): Promise<StartedChallenge> {
  await refuseKeptElsewhere(context);
  const email = addressField(context.form);
  await countMailWish(context, 'mail', email);
  const account = await accountOfAddress(context, email);
  const kind = account && !account.passwordHash ? 'verifyCodeToSetPassword' : 'forgotPassword';
  return startCodeChallenge(context, account, { purpose: 'password_reset', kind, page: '/reset-password' });
}

/**
 * Sets a new password with the mailed code (`challenge_id`, `code`) or link (`token`). All sessions end. Throws 400 `INVALID_PASSWORD`, 400
 * `invalid_token` when the proof does not fit, 429, 409 `PASSWORD_KEPT_ELSEWHERE`.
 */
export async function resetPassword(context: SignInContext): Promise<{ message: string }> {
  await refuseKeptElsewhere(context);
  const password = bodyField(context.form, 'password');
  const policy = context.settings.passwordPolicy;
  // Before the proof, so that a weak password does not cost the user their code.
  checkPassword(password, policy);
  await countProof(context);
  const challenge = await resetProof(context);
  if (!challenge) throw invalidToken();
  const { accountId } = challenge;
  const { client } = context;
  await context.accounts.setPassword(context.portal.org, { accountId, password, policy, by: 'mail', client });
  return { message: 'Password changed' };
}

function resetProof({ tenant, portal, form, now }: SignInContext): Promise<Challenge | undefined> {
  const purpose = 'password_reset';
  const token = form.get('token');
  if (token !== undefined) return redeemLink(tenant, { portalId: portal.portalId, purpose, token }, now);
  const shown = {
    portalId: portal.portalId,
    purpose,
    id: bodyField(form, 'challenge_id'),
    code: bodyField(form, 'code'),
  } as const;
  return redeemCode(tenant, shown, now);
}

/**
 * Changes the signed-in user's password; their other sessions end. Throws 400 `INVALID_PASSWORD_CONFIRMATION` for a wrong old one (it counts
 * towards the lock-out), 403 for admins acting as the user, 409 `PASSWORD_KEPT_ELSEWHERE`.
 */
export async function changePassword(
  context: SignInContext,
  request: Pick<FastifyRequest, 'headers'>,
): Promise<{ message: string }> {
  const principal = await signedInUser(context, request);
  if (principal.impersonator || principal.readOnly) throw forbidden('Not permitted while acting as a user');
  await refuseKeptElsewhere(context);
  const oldPassword = bodyField(context.form, 'old_password');
  const password = bodyField(context.form, 'new_password');
  const account = await findAccountOfUser(context.tenant, principal.portalUserId);
  if (
    !account ||
    !(await context.accounts.verifyPassword(principal.org, principal.portalUserId, oldPassword))
  ) {
    throw new Refusal(400, 'INVALID_PASSWORD_CONFIRMATION', 'The old password is not right', {
      reason: 'INVALID_PASSWORD_CONFIRMATION',
    });
  }
  await context.accounts.setPassword(context.portal.org, {
    accountId: account.id,
    password,
    policy: context.settings.passwordPolicy,
    by: 'user',
    client: context.client,
    keepSessionId: principal.sessionId,
  });
  return { message: 'Password changed' };
}

/**
 * Where a portal hands password changes to a third party, a password set here would be a second one that the third party neither knows nor can
 * take away; `changePortalUserPassword` is the way (portal §9.4).
 */
async function refuseKeptElsewhere({ portal, passwordsKeptElsewhere }: SignInContext): Promise<void> {
  if (!(await passwordsKeptElsewhere(portal))) return;
  const reason = 'PASSWORD_KEPT_ELSEWHERE';
  throw new Refusal(409, reason, 'Passwords of this portal are kept, and changed, by another system', {
    reason,
  });
}

/** 400 for codes and links that do not fit, whatever the cause. */
export function invalidToken(): Refusal {
  return new Refusal(400, 'INVALID_TOKEN', 'The code or link is not valid any more', {
    reason: 'invalid_token',
  });
}
