import type { Operations } from '../../contract/operation-types.ts';
import { confirmationOperations } from './account/confirmation-operations.ts';
import { existenceOperations } from './account/existence-operations.ts';
import { ownAccountOperations } from './account/own-account-operations.ts';
import { partnerOperations } from './partners/partner-operations.ts';
import { registrationOperations } from './registration/registration-operations.ts';
import { mLoginOperations } from './sso/m-login-operations.ts';
import { ssoOperations } from './sso/sso-operations.ts';
import { staffOperations } from './staff/staff-operations.ts';
import type { UsersPlatform } from './users-platform.ts';

export { portalAccountEvents } from './account/account-events.ts';
export { mappedUserListener } from './account/mapped-user-listener.ts';
export { mailQueue } from './mails/mail-queue.ts';
export { PortalMailer, portalMails } from './mails/portal-mailer.ts';
export { firstAddress, isActive } from './portal-user.ts';
export { usersReaching } from './staff/users-reaching.ts';
export type { HookSubject, Identifiers, UserHooks } from './user-hooks.ts';
export type { UsersPlatform } from './users-platform.ts';

/** The operations of the Portal API around portal users: registration, accounts, partners, single sign-on, and what administrators ask. */
export function userOperations(platform: UsersPlatform): Operations<'customer-portal'>[] {
  return [
    registrationOperations(platform),
    existenceOperations(platform),
    confirmationOperations(platform),
    ownAccountOperations(platform),
    partnerOperations(platform),
    staffOperations(platform),
    ssoOperations(platform),
    mLoginOperations(platform),
  ];
}
