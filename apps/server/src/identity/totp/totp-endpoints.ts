import type { FastifyRequest } from 'fastify';
import { conflict, forbidden, Refusal, unauthorized } from '../../refusal.ts';
import { findAccountOfUser, type PortalAccount } from '../accounts/account-store.ts';
import { writeAudit } from '../audit/audit.ts';
import { issueChallenge, newestChallenge } from '../challenges/challenge-store.ts';
import { textOf } from '../json-reading.ts';
import { bodyField } from '../sign-in/form-fields.ts';
import { countProof } from '../sign-in/limits.ts';
import { invalidToken } from '../sign-in/password-endpoints.ts';
import type { SignInContext } from '../sign-in/sign-in-context.ts';
import { signedInUser } from '../sign-in/signed-in-user.ts';
import { newTotpSecret, totpStep, totpUri } from './totp.ts';
import { hasTotp, mayUseMailbox, openTotp, sealTotp, useTotp, writeTotp } from './totp-store.ts';

type Caller = Pick<FastifyRequest, 'headers'>;

/** Minutes to type the first code of a new app. */
const SETUP_MINUTES = 15;

/**
 * A new secret for the signed-in user's authenticator app; it counts once {@link confirmTotp} has seen a code of it. Throws 409 `APP_EXISTS`:
 * a session alone does not exchange a second factor.
 */
export async function setUpTotp(
  context: SignInContext,
  caller: Caller,
): Promise<{ readonly secret: string; readonly uri: string }> {
  const account = await ownAccount(context, caller);
  const { tenant, portal, settings, secrets, now } = context;
  await refuseSecondApp(context, account);
  const secret = newTotpSecret();
  const detail = { sealed: sealTotp(secrets, portal.org, secret) };
  const { portalId } = portal;
  const challenge = { portalId, accountId: account.id, linkMinutes: SETUP_MINUTES, detail };
  await issueChallenge(tenant, { ...challenge, purpose: 'totp_setup' }, now);
  return { secret, uri: totpUri(secret, settings.name, account.email) };
}

/** Makes the newest secret of {@link setUpTotp} the second factor, with the first `code` of it. Throws 400 `invalid_token`, 409 `APP_EXISTS`, 429. */
export async function confirmTotp(
  context: SignInContext,
  caller: Caller,
): Promise<{ readonly message: string }> {
  const account = await ownAccount(context, caller);
  const { tenant, portal, secrets, now } = context;
  await countProof(context);
  await refuseSecondApp(context, account);
  const code = bodyField(context.form, 'code');
  const setup = await newestChallenge(tenant, account.id, 'totp_setup');
  const sealed = textOf(setup?.detail['sealed']);
  const isOpen = setup !== undefined && now.getTime() - setup.createdAt.getTime() <= SETUP_MINUTES * 60_000;
  const step = sealed && isOpen ? totpStep(openTotp(secrets, portal.org, sealed), code, 0, now) : undefined;
  if (!sealed || step === undefined) throw invalidToken();
  await writeTotp(tenant, account.id, { sealed, step, at: now });
  return { message: 'The app is your second factor now' };
}

/**
 * Takes the app away again, with the password, and says so by mail. While the password is one that came by mail, a `code` of the app is needed
 * too: a stolen mailbox alone takes nothing away. Throws 400 `INVALID_PASSWORD_CONFIRMATION`, 400 `invalid_token`, 429.
 */
export async function removeTotp(
  context: SignInContext,
  caller: Caller,
): Promise<{ readonly message: string }> {
  const account = await ownAccount(context, caller);
  const { portal, accounts, tenant, secrets, now } = context;
  const password = bodyField(context.form, 'password');
  if (!(await accounts.verifyPassword(portal.org, account.portalUserId, password))) {
    throw new Refusal(400, 'INVALID_PASSWORD_CONFIRMATION', 'The password is not right', {
      reason: 'INVALID_PASSWORD_CONFIRMATION',
    });
  }
  if (!(await mayUseMailbox(tenant, account.id, now))) {
    await countProof(context);
    const fits = await useTotp(tenant, secrets, account.id, bodyField(context.form, 'code'), now);
    if (!fits) throw invalidToken();
  }
  await writeTotp(tenant, account.id, undefined);
  await writeAudit(tenant, now, {
    actor: `portal_user:${account.portalUserId}`,
    action: 'portal:second-factor:remove',
    resource: `portal:${portal.portalId}`,
    result: 'success',
    ...context.origin,
  });
  sendNotice(context, account);
  return { message: 'The app is no longer your second factor' };
}

/** Whoever removed the app: its owner hears of it. */
function sendNotice(context: SignInContext, account: PortalAccount): void {
  const { background, directory, portal, mails, settings } = context;
  background.start(async () => {
    const user = await directory.portalUser(portal.org, account.portalUserId);
    if (!user) return;
    await mails.send({
      kind: 'secondFactorRemoved',
      portal,
      portalUserId: user.id,
      to: account.email,
      language: user.language ?? settings.language,
      code: '',
      link: '',
    });
  });
}

async function refuseSecondApp({ tenant }: SignInContext, account: PortalAccount): Promise<void> {
  if (await hasTotp(tenant, account.id)) {
    throw conflict('There is an app already; remove it first', 'APP_EXISTS');
  }
}

async function ownAccount(context: SignInContext, caller: Caller): Promise<PortalAccount> {
  const principal = await signedInUser(context, caller);
  if (principal.impersonator || principal.readOnly) throw forbidden('Not permitted while acting as a user');
  const account = await findAccountOfUser(context.tenant, principal.portalUserId);
  if (!account) throw unauthorized();
  return account;
}
