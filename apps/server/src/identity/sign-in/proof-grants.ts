import { findAccount, type PortalAccount } from '../accounts/account-store.ts';
import {
  type Challenge,
  type ChallengePurpose,
  redeemCode,
  redeemLink,
  redeemProof,
} from '../challenges/challenge-store.ts';
import { textOf } from '../json-reading.ts';
import type { TokenSet } from '../sessions/portal-token-issuer.ts';
import { useTotp } from '../totp/totp-store.ts';
import { eligibleUser } from './eligible-user.ts';
import { grantField } from './form-fields.ts';
import { countProof } from './limits.ts';
import { invalidGrant } from './oauth-error.ts';
import type { SignInContext } from './sign-in-context.ts';

/** Signs in with the six-digit code of a challenge: instead of a password, or after it (portal §1.5). */
export async function emailCodeGrant(context: SignInContext): Promise<TokenSet> {
  const { tenant, portal, form, now } = context;
  const shown = {
    portalId: portal.portalId,
    id: grantField(form, 'challenge_id'),
    code: grantField(form, 'code'),
  };
  await countProof(context);
  const challenge = await redeemCode(tenant, { ...shown, purpose: codePurpose(context) }, now);
  return signIn(context, await provenAccount(context, challenge));
}

/** Signs in with the code of an authenticator app, after the password. Five tries per password. */
export async function totpGrant(context: SignInContext): Promise<TokenSet> {
  const { tenant, portal, secrets, form, now } = context;
  const shown = { portalId: portal.portalId, purpose: 'totp', id: grantField(form, 'challenge_id') } as const;
  const code = grantField(form, 'code');
  await countProof(context);
  const fits = (accountId: string) => useTotp(tenant, secrets, accountId, code, now);
  return signIn(context, await provenAccount(context, await redeemProof(tenant, shown, fits, now)));
}

/** Signs in with the link that came with the code. */
export async function magicLinkGrant(context: SignInContext): Promise<TokenSet> {
  return signIn(context, await accountOfLink(context, codePurpose(context)));
}

/** Signs in with the ticket of `ssoLogin`; `email` must be the address it was made for. */
export async function ssoGrant(context: SignInContext): Promise<TokenSet> {
  const email = grantField(context.form, 'email').trim().toLowerCase();
  const account = await accountOfLink(context, 'sso');
  if (account.email !== email) throw invalidGrant();
  return signIn(context, account);
}

/** An admin acts as a user, with the ticket of `loginToPortalAsUser`: no refresh token, `act` in the tokens (portal §4.8). */
export async function loginAsGrant(context: SignInContext): Promise<TokenSet> {
  const { tenant, portal, form, now } = context;
  const email = grantField(form, 'email').trim().toLowerCase();
  const shown = { portalId: portal.portalId, purpose: 'login_as', token: grantField(form, 'token') } as const;
  await countProof(context);
  const challenge = await redeemLink(tenant, shown, now);
  const impersonator = textOf(challenge?.detail['impersonator']);
  const account = await provenAccount(context, challenge);
  if (!impersonator || account.email !== email) throw invalidGrant();
  const user = await eligibleUser(context, account, { evenUnconfirmed: true });
  return context.sessions.openAs(portal, user, account, impersonator, context.origin);
}

/** Both modes at once are impossible: a code is either the whole proof or the second factor. */
function codePurpose(context: SignInContext): ChallengePurpose {
  return context.settings.passwordless ? 'sign_in' : 'second_factor';
}

async function accountOfLink(context: SignInContext, purpose: ChallengePurpose): Promise<PortalAccount> {
  const { tenant, portal, form, now } = context;
  const token = grantField(form, 'token');
  await countProof(context);
  const shown = { portalId: portal.portalId, purpose, token };
  return provenAccount(context, await redeemLink(tenant, shown, now));
}

async function provenAccount(
  context: SignInContext,
  challenge: Challenge | undefined,
): Promise<PortalAccount> {
  const account = challenge && (await findAccount(context.tenant, challenge.accountId));
  if (!account) throw invalidGrant();
  return account;
}

async function signIn(context: SignInContext, account: PortalAccount): Promise<TokenSet> {
  const user = await eligibleUser(context, account);
  return context.sessions.open(context.portal, user, account, context.origin);
}
