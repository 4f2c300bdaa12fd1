import { timingSafeEqual } from 'node:crypto';
import { findAccount, findAccountByEmail, type PortalAccount } from '../accounts/account-store.ts';
import { issueChallenge, redeemLink } from '../challenges/challenge-store.ts';
import { asObject, type JsonObject, textOf } from '../json-reading.ts';
import { countAttempt, uncountAttempt } from '../rate-limits/rate-window.ts';
import {
  attemptFailed,
  attemptSucceeded,
  beginSignInAttempt,
  type SignInAttempt,
} from '../rate-limits/sign-in-attempt.ts';
import { SURFACE_LIMITS } from '../rate-limits/surface-limits.ts';
import type { TokenSet } from '../sessions/portal-token-issuer.ts';
import { OAuthError } from '../sign-in/oauth-error.ts';
import { noteFailedSignIn, openAfterPassword } from '../sign-in/password-grant.ts';
import type { SignInContext } from '../sign-in/sign-in-context.ts';
import { CognitoError, notAuthorized } from './cognito-error.ts';
import {
  decoyVerifier,
  expectedSignature,
  isUsablePublicValue,
  type SrpVerifier,
  serverHalf,
} from './srp.ts';
import { openVerifier, poolNameOf } from './verifier-store.ts';

/** Minutes between the two halves of an exchange. */
const EXCHANGE_MINUTES = 3;
const EXCHANGE_PURPOSE = 'identity.srp-exchange';

/**
 * The first half of `USER_SRP_AUTH`. It counts as an attempt, and looks the same for unknown addresses, accounts without a password and locked
 * ones: they get a verifier that is always theirs and that no password fits (portal §1.7, §1.8).
 */
export async function beginSrp(context: SignInContext, email: string, clientShown: string): Promise<unknown> {
  const { tenant, portal, settings, secrets, now } = context;
  if (settings.passwordless)
    throw new OAuthError('unauthorized_client', 'This portal signs in by e-mail code');
  if (!isUsablePublicValue(clientShown))
    throw new CognitoError('InvalidParameterException', 'SRP_A is not usable');
  await countAttempt(tenant, SURFACE_LIMITS.passwordPerIp, ipSubject(context), now);
  const at = { portalId: portal.portalId, email, client: context.client };
  const attempt = await beginSignInAttempt(tenant, at, now);
  const account = await findAccountByEmail(tenant, portal.portalId, email);
  const verifier = verifierOf(context, account) ?? decoyOf(context, email);
  const half = serverHalf(verifier.verifier);
  const detail = {
    clientShown,
    serverShown: half.shown,
    sealedSecret: secrets.seal(half.secret, { org: portal.org, purpose: EXCHANGE_PURPOSE }),
    client: attempt.client,
    isLast: attempt.isLast,
    isUnfamiliar: attempt.isUnfamiliar,
  };
  const fits = attempt.isOpen && account?.sealedSrp !== undefined;
  const issued = await issueChallenge(
    tenant,
    {
      portalId: portal.portalId,
      purpose: 'srp',
      accountId: fits ? account.id : undefined,
      linkMinutes: EXCHANGE_MINUTES,
      detail,
    },
    now,
  );
  return {
    ChallengeName: 'PASSWORD_VERIFIER',
    ChallengeParameters: {
      SALT: verifier.salt,
      SRP_B: half.shown,
      SECRET_BLOCK: Buffer.from(issued.link).toString('base64'),
      USERNAME: verifier.userId,
      USER_ID_FOR_SRP: verifier.userId,
    },
  };
}

/** The second half: the client's signature proves the password. Throws the one answer of sign-in when it does not; an exchange counts once. */
export async function finishSrp(context: SignInContext, given: JsonObject): Promise<TokenSet> {
  const { tenant, portal, now } = context;
  const block = Buffer.from(textOf(given['PASSWORD_CLAIM_SECRET_BLOCK']) ?? '', 'base64');
  const shown = { portalId: portal.portalId, purpose: 'srp', token: block.toString('utf8') } as const;
  const challenge = await redeemLink(tenant, shown, now);
  const account = challenge && (await findAccount(tenant, challenge.accountId));
  const verifier = account && verifierOf(context, account);
  if (!challenge || !account || !verifier) {
    await noteFailedSignIn(context);
    throw notAuthorized();
  }
  const detail = asObject(challenge.detail);
  const attempt = attemptOf(context, account, detail);
  const expected = expectedSignature({
    poolName: poolNameOf(portal.portalId),
    verifier,
    clientShown: textOf(detail['clientShown']) ?? '0',
    serverShown: textOf(detail['serverShown']) ?? '0',
    serverSecret: context.secrets.open(textOf(detail['sealedSecret']) ?? '', {
      org: portal.org,
      purpose: EXCHANGE_PURPOSE,
    }),
    secretBlock: block,
    timestamp: textOf(given['TIMESTAMP']) ?? '',
  });
  if (!sameText(expected, textOf(given['PASSWORD_CLAIM_SIGNATURE']) ?? '')) {
    await attemptFailed(tenant, attempt, now);
    await noteFailedSignIn(context);
    throw notAuthorized();
  }
  await attemptSucceeded(tenant, attempt);
  await uncountAttempt(tenant, SURFACE_LIMITS.passwordPerIp, ipSubject(context));
  return openAfterPassword(context, account);
}

/** The attempt that the first half counted. */
function attemptOf({ portal }: SignInContext, account: PortalAccount, detail: JsonObject): SignInAttempt {
  return {
    portalId: portal.portalId,
    email: account.email,
    client: textOf(detail['client']) ?? '',
    isOpen: true,
    isLast: detail['isLast'] === true,
    isUnfamiliar: detail['isUnfamiliar'] === true,
  };
}

function verifierOf(
  { secrets, portal }: SignInContext,
  account: PortalAccount | undefined,
): SrpVerifier | undefined {
  return account?.sealedSrp ? openVerifier(secrets, portal.org, account.sealedSrp) : undefined;
}

function decoyOf({ secrets, portal }: SignInContext, email: string): SrpVerifier {
  const [key] = secrets.signingKeys({ org: portal.org, purpose: 'identity.srp-decoy' });
  if (!key) throw new Error('A secret box has at least one key');
  return decoyVerifier(key, `${portal.portalId}\n${email}`);
}

function ipSubject({ portal, client }: SignInContext): string {
  return `${portal.portalId} ${client}`;
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
