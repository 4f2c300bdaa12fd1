import { findAccount, type PortalAccount } from '../accounts/account-store.ts';
import { type ChallengePurpose, issueChallenge } from '../challenges/challenge-store.ts';
import type { PortalMailKind } from '../mails/portal-mails.ts';
import { isDisabled } from '../portals/portal-user-state.ts';
import { portalLink } from './portal-link.ts';
import type { SignInContext } from './sign-in-context.ts';

/** Minutes that codes and the links beside them are good for (portal §1.5). */
const CODE_MINUTES = 10;
const LINK_MINUTES = 15;

export interface StartedChallenge {
  readonly challenge_id: string;
  /** Seconds the code is good for. */
  readonly expires_in: number;
}

interface CodeMail {
  readonly purpose: ChallengePurpose;
  readonly kind: PortalMailKind;
  /** Page of the portal that takes the link's token. */
  readonly page: string;
}

export const SIGN_IN_MAIL = {
  purpose: 'sign_in',
  kind: 'advancedAuth',
  page: '/login',
} as const satisfies CodeMail;
/** The same, asked for by a journey (`source=journey`): its page is the journey, so that the code alone counts. */
export const JOURNEY_MAIL = {
  purpose: 'sign_in',
  kind: 'journeySignInOneTimePassword',
  page: '/login',
} as const satisfies CodeMail;
export const SECOND_FACTOR_MAIL = {
  purpose: 'second_factor',
  kind: 'advancedAuth',
  page: '/login',
} as const satisfies CodeMail;

/**
 * Starts a challenge and mails its code and link. Without an account it answers the same and mails nothing. The mail is sent after the
 * answer: how long that takes would tell whether the account exists.
 */
export async function startCodeChallenge(
  context: SignInContext,
  account: PortalAccount | undefined,
  mail: CodeMail,
): Promise<StartedChallenge> {
  const { tenant, portal, now, background } = context;
  const challenge = { portalId: portal.portalId, purpose: mail.purpose, accountId: account?.id };
  const times = { codeMinutes: CODE_MINUTES, linkMinutes: LINK_MINUTES };
  const issued = await issueChallenge(tenant, { ...challenge, ...times }, now);
  if (account) {
    background.start(async () => {
      const user = await context.directory.portalUser(portal.org, account.portalUserId);
      if (!user || isDisabled(user, now)) return;
      await context.mails.send({
        kind: mail.kind,
        portal,
        portalUserId: user.id,
        to: account.email,
        language: user.language ?? context.settings.language,
        code: issued.code,
        link: portalLink(portal, mail.page, { challenge_id: issued.id, token: issued.link }),
      });
    });
  }
  return { challenge_id: issued.id, expires_in: CODE_MINUTES * 60 };
}

/** Starts the second factor of an account that has an authenticator app: nothing is sent, the app knows the code. */
export async function startAppChallenge(
  { tenant, portal, now }: SignInContext,
  account: PortalAccount,
): Promise<StartedChallenge> {
  const { portalId } = portal;
  const challenge = { portalId, purpose: 'totp', accountId: account.id, codeMinutes: CODE_MINUTES } as const;
  const { id } = await issueChallenge(tenant, challenge, now);
  return { challenge_id: id, expires_in: CODE_MINUTES * 60 };
}

/** The account a running challenge belongs to; for sending its code again. */
export async function accountById(
  context: SignInContext,
  id: string | undefined,
): Promise<PortalAccount | undefined> {
  return id === undefined ? undefined : findAccount(context.tenant, id);
}
