import type { PortalRecord } from '../portals/portal-directory.ts';

/** The purposes of portal §3.7 that identity sends itself, and one of our own: the second factor is gone. */
export type PortalMailKind =
  | 'confirmAccount'
  | 'advancedAuth'
  | 'journeySignInOneTimePassword'
  | 'forgotPassword'
  | 'verifyCodeToSetPassword'
  | 'confirmEmailUpdate'
  | 'secondFactorRemoved';

/** A mail to a portal user: what it is about and what it must contain. */
export interface PortalMail {
  readonly kind: PortalMailKind;
  readonly portal: PortalRecord;
  readonly portalUserId: string;
  /** Address, lower case. */
  readonly to: string;
  /** `de`, `en` ...; others fall back to German. */
  readonly language: string;
  /** Six digits, or empty. */
  readonly code: string;
  /** The page that finishes the matter, or empty. */
  readonly link: string;
}

/** Writes and sends the mails of sign-in. The portal domain replaces the built-in texts with the portal's templates. */
export interface PortalMails {
  /** Resolves when the mail was handed over; rejects with a `MailError`. */
  send(mail: PortalMail): Promise<void>;
}
