import type { Tenant } from '../../storage/index.ts';
import type { Portal } from '../config/index.ts';

/** Values by schema and attribute, as somebody who registers typed them in. */
export type Identifiers = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The portal user a hook is about. */
export interface HookSubject {
  readonly portal: Portal;
  readonly tenant: Tenant;
  readonly portalUserId: string;
  readonly contactId: string | undefined;
}

/**
 * The extension hooks that accounts depend on (portal §9.4). Methods answer undefined when the portal has not chosen a hook of its
 * type; failures of the third party come out as the refusals of portal §9.5.
 */
export interface UserHooks {
  /** Whether the portal lets a third party say who somebody is. */
  identifiesContacts(portal: Portal, tenant: Tenant): Promise<boolean>;
  /** Replaces the built-in search for the contact: its id, or undefined when the third party knows none or several. */
  identifyContact(
    portal: Portal,
    tenant: Tenant,
    identifiers: Identifiers,
  ): Promise<{ readonly contactId: string | undefined } | undefined>;
  /** Whether the portal hands e-mail changes over, and whether the password must be shown for it. */
  changeEmailSettings(portal: Portal): Promise<{ readonly requiresPassword: boolean } | undefined>;
  /** `synchronous`: the address is to be switched at once. */
  changeEmail(
    subject: HookSubject,
    change: { readonly newEmail: string; readonly oldEmail: string },
  ): Promise<'asynchronous' | 'synchronous' | undefined>;
  /** Whether the portal hands password changes over, and whether the third party is given the new password. */
  changePasswordSettings(portal: Portal): Promise<{ readonly requiresPassword: boolean } | undefined>;
  /** Hands a password change over; nothing changes here. False when the portal has no such hook. */
  changePassword(subject: HookSubject, newPassword: string | undefined): Promise<boolean>;
  /** `asynchronous`: nothing is deleted here. `contact`: what becomes of the mapped contact. */
  deleteAccount(
    subject: HookSubject,
    email: string,
  ): Promise<
    | { readonly mode: 'asynchronous' }
    | { readonly mode: 'synchronous'; readonly contact: 'keep' | 'soft' | 'hard' }
    | undefined
  >;
}
