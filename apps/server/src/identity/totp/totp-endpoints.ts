import type { FastifyRequest } from 'fastify';
import { forbidden, Refusal, unauthorized } from '../../refusal.ts';
import { findAccountOfUser, type PortalAccount } from '../accounts/account-store.ts';
import { issueChallenge, newestChallenge } from '../challenges/challenge-store.ts';
import { textOf } from '../json-reading.ts';
import { bodyField } from '../sign-in/form-fields.ts';
import { countProof } from '../sign-in/limits.ts';
import { invalidToken } from '../sign-in/password-endpoints.ts';
import type { SignInContext } from '../sign-in/sign-in-context.ts';
import { signedInUser } from '../sign-in/signed-in-user.ts';
import { newTotpSecret, totpStep, totpUri } from './totp.ts';
import { openTotp, sealTotp, writeTotp } from './totp-store.ts';

type Caller = Pick<FastifyRequest, 'headers'>;

/** Minutes to type the first code of a new app. */
const SETUP_MINUTES = 15;

/** A new secret for the signed-in user's authenticator app; it counts once {@link confirmTotp} has seen a code of it. */
export async function setUpTotp(
  context: SignInContext,
  caller: Caller,
): Promise<{ readonly secret: string; readonly uri: string }> {
  const account = await ownAccount(context, caller);
  const { tenant, portal, settings, secrets, now } = context;
  const secret = newTotpSecret();
  const detail = { sealed: sealTotp(secrets, portal.org, secret) };
  const { portalId } = portal;
  const challenge = { portalId, accountId: account.id, linkMinutes: SETUP_MINUTES, detail };
  await issueChallenge(tenant, { ...challenge, purpose: 'totp_setup' }, now);
  return { secret, uri: totpUri(secret, settings.name, account.email) };
}

/** Makes the newest secret of {@link setUpTotp} the second factor, with the first `code` of it. Throws 400 `invalid_token`, 429. */
export async function confirmTotp(
  context: SignInContext,
  caller: Caller,
): Promise<{ readonly message: string }> {
  const account = await ownAccount(context, caller);
  const { tenant, portal, secrets, now } = context;
  await countProof(context);
  const code = bodyField(context.form, 'code');
  const setup = await newestChallenge(tenant, account.id, 'totp_setup');
  const sealed = textOf(setup?.detail['sealed']);
  const isOpen = setup !== undefined && now.getTime() - setup.createdAt.getTime() <= SETUP_MINUTES * 60_000;
  const step = sealed && isOpen ? totpStep(openTotp(secrets, portal.org, sealed), code, 0, now) : undefined;
  if (!sealed || step === undefined) throw invalidToken();
  await writeTotp(tenant, account.id, { sealed, step, at: now });
  return { message: 'The app is your second factor now' };
}

/** Takes the app away again, with the password. Throws 400 `INVALID_PASSWORD_CONFIRMATION`. */
export async function removeTotp(
  context: SignInContext,
  caller: Caller,
): Promise<{ readonly message: string }> {
  const account = await ownAccount(context, caller);
  const { portal, accounts, tenant } = context;
  const password = bodyField(context.form, 'password');
  if (!(await accounts.verifyPassword(portal.org, account.portalUserId, password))) {
    throw new Refusal(400, 'INVALID_PASSWORD_CONFIRMATION', 'The password is not right', {
      reason: 'INVALID_PASSWORD_CONFIRMATION',
    });
  }
  await writeTotp(tenant, account.id, undefined);
  return { message: 'The app is no longer your second factor' };
}

async function ownAccount(context: SignInContext, caller: Caller): Promise<PortalAccount> {
  const principal = await signedInUser(context, caller);
  if (principal.impersonator || principal.readOnly) throw forbidden('Not permitted while acting as a user');
  const account = await findAccountOfUser(context.tenant, principal.portalUserId);
  if (!account) throw unauthorized();
  return account;
}
