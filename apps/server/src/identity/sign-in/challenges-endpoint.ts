import { invalid, Refusal } from '../../refusal.ts';
import { accountOfChallenge } from '../challenges/challenge-store.ts';
import { mayUseMailbox } from '../totp/totp-store.ts';
import { accountOfAddress } from './account-of-address.ts';
import {
  accountById,
  JOURNEY_MAIL,
  SECOND_FACTOR_MAIL,
  SIGN_IN_MAIL,
  type StartedChallenge,
  startCodeChallenge,
} from './code-mail.ts';
import { addressField } from './form-fields.ts';
import { countMailWish } from './limits.ts';
import type { SignInContext } from './sign-in-context.ts';

/**
 * Starts a passwordless sign-in for `username`, or sends the code of a second factor again for `challenge_id` (portal §1.5). The answer is
 * the same whether an account exists or not. Throws 400 when the portal does not sign in by code, 403 `APP_REQUIRED` when the mailbox has
 * supplied the password lately and may not stand in for the app as well, 429.
 */
export async function challenges(context: SignInContext): Promise<StartedChallenge> {
  const { settings, tenant, portal, form } = context;
  const previous = form.get('challenge_id');
  if (previous !== undefined && settings.secondFactor) {
    // Who has lost the app gets a code by mail instead: the mailbox is the second factor that everybody has.
    const accountId =
      (await accountOfChallenge(tenant, portal.portalId, 'second_factor', previous)) ??
      (await accountOfChallenge(tenant, portal.portalId, 'totp', previous));
    // A made-up id counts like an account of its own, so that guessing ids is limited as well.
    await countMailWish(context, 'challenge', accountId ?? previous);
    if (accountId !== undefined && !(await mayUseMailbox(tenant, accountId, context.now))) throw appNeeded();
    return startCodeChallenge(context, await accountById(context, accountId), SECOND_FACTOR_MAIL);
  }
  if (!settings.passwordless) {
    if (settings.secondFactor) throw invalid({ path: 'body.challenge_id', message: 'is required' });
    throw new Refusal(400, 'NOT_PASSWORDLESS', 'This portal signs in with a password');
  }
  const email = addressField(form);
  await countMailWish(context, 'challenge', email);
  const mail = form.get('source') === 'journey' ? JOURNEY_MAIL : SIGN_IN_MAIL;
  return startCodeChallenge(context, await accountOfAddress(context, email), mail);
}

/** Told to somebody who has shown the password: a challenge exists only after that. */
function appNeeded(): Refusal {
  const message =
    'The password was set by mail in the last 7 days: the code of the authenticator app is needed';
  return new Refusal(403, 'APP_REQUIRED', message, { reason: 'APP_REQUIRED' });
}
