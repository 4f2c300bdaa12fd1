import { type Refusal, unauthorized } from '../../refusal.ts';
import type { PortalUserRecord } from './portal-directory.ts';

/** Whether a portal user may act at all on a day: access not taken away, and not past the last day (portal §1.3 step 5). */
export function isDisabled(user: PortalUserRecord, now: Date): boolean {
  return !user.accessStatus || (user.expiresAt !== undefined && user.expiresAt < berlinDay(now));
}

/** Whether the sign-in address is still to be confirmed (portal §1.5). */
export function isUnconfirmed(user: PortalUserRecord): boolean {
  return (
    user.registrationStatus === 'Confirmation Email Sent' ||
    user.registrationStatus === 'Registration Pending'
  );
}

/** The 401s of portal §1.3 with the reasons clients branch on. */
export const portalRefusals = {
  portalDisabled: (): Refusal => unauthorized('This portal is not available', 'PORTAL_DISABLED'),
  userDisabled: (): Refusal => unauthorized('This account has no access', 'PORTAL_USER_DISABLED'),
  pendingActivation: (): Refusal =>
    unauthorized('This account is not activated yet', 'PORTAL_USER_PENDING_ACTIVATION'),
} as const;

const BERLIN = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' });

/** Date-only values are calendar days in the organisation's time zone, Europe/Berlin (portal §0.3). */
function berlinDay(instant: Date): string {
  return BERLIN.format(instant);
}
