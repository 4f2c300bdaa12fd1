import { Refusal } from '../../refusal.ts';
import { isUniqueViolation } from '../../storage/index.ts';
import { findAccount, findAccountByEmail, writeEmail, writePassword } from '../accounts/account-store.ts';
import { redeemLink, voidChallenges } from '../challenges/challenge-store.ts';
import { textOf } from '../json-reading.ts';
import { isUnconfirmed } from '../portals/portal-user-state.ts';
import { endSessionsOf } from '../sessions/session-store.ts';
import { addressField, bodyField } from './form-fields.ts';
import { countMailWish, countProof } from './limits.ts';
import { invalidToken } from './password-endpoints.ts';
import type { SignInContext } from './sign-in-context.ts';

/** Sends the confirmation mail again, if somebody with this address waits for one. Always the same answer. Throws 429. */
export async function resendConfirmation(context: SignInContext): Promise<{ message: string }> {
  const email = addressField(context.form);
  await countMailWish(context, 'mail', email);
  context.background.start(() => sendConfirmation(context, email));
  return { message: 'If the address is waiting for confirmation, a mail is on its way' };
}

async function sendConfirmation(context: SignInContext, email: string): Promise<void> {
  const { tenant, portal, directory, accounts } = context;
  const account = await findAccountByEmail(tenant, portal.portalId, email);
  const user = account && (await directory.portalUser(portal.org, account.portalUserId));
  if (!account || !user || !isUnconfirmed(user)) return;
  const token = await accounts.issueConfirmation(tenant, user.id);
  await context.mails.send({
    kind: 'confirmAccount',
    portal,
    portalUserId: user.id,
    to: account.email,
    language: user.language ?? context.settings.language,
    code: '',
    link: `${context.baseUrl}/v2/portal/user/confirm?confirmation_link_token=${token}`,
  });
}

/**
 * Finishes an e-mail change with the mailed token and a new password (portal §4.6): address, password, entity and sessions change together.
 * Where a third party keeps the passwords, none is asked for or set.
 * Throws 400 `INVALID_PASSWORD`, `invalid_token`, `EMAIL_TAKEN`, 429.
 */
export async function completeEmailChange(context: SignInContext): Promise<{ message: string }> {
  const { portal, tenant, accounts, settings, form, now } = context;
  const token = bodyField(form, 'token');
  await countProof(context);
  const password = (await context.passwordsKeptElsewhere(portal))
    ? undefined
    : await accounts.hashPassword(portal, bodyField(form, 'password'), settings.passwordPolicy);
  try {
    await tenant.transaction(async (tx) => {
      const { portalId } = portal;
      const challenge = await redeemLink(tx, { portalId, purpose: 'email_change', token }, now);
      const account = challenge && (await findAccount(tx, challenge.accountId));
      const email = textOf(challenge?.detail['email']);
      if (!account || !email) throw invalidToken();
      await writeEmail(tx, account.id, email);
      const { historySize } = settings.passwordPolicy;
      if (password) await writePassword(tx, account, password, { historySize, mailedAt: now });
      await voidChallenges(tx, account.id);
      await endSessionsOf(tx, account.portalUserId, 'e-mail changed', now);
      await context.events.emailChanged(tx, { portalId, portalUserId: account.portalUserId, at: now, email });
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new Refusal(400, 'EMAIL_TAKEN', 'The address is in use', { reason: 'EMAIL_TAKEN' });
    throw error;
  }
  return { message: 'E-mail address changed' };
}
