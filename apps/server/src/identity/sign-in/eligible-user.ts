import type { PortalAccount } from '../accounts/account-store.ts';
import type { PortalUserRecord } from '../portals/portal-directory.ts';
import { isDisabled, isUnconfirmed } from '../portals/portal-user-state.ts';
import { invalidGrant } from './oauth-error.ts';
import type { SignInContext } from './sign-in-context.ts';

/**
 * The user behind a proven account, if they may sign in. Reasons are told only here, after the proof (portal §1.5): `PORTAL_USER_DISABLED`,
 * `USER_NOT_CONFIRMED` while the address is unconfirmed.
 */
export async function eligibleUser(
  context: SignInContext,
  account: PortalAccount,
  options: { readonly evenUnconfirmed: boolean } = { evenUnconfirmed: false },
): Promise<PortalUserRecord> {
  const { directory, portal, now } = context;
  const user = await directory.portalUser(portal.org, account.portalUserId);
  if (user?.portalId !== portal.portalId) throw invalidGrant();
  if (isDisabled(user, now)) throw invalidGrant('PORTAL_USER_DISABLED');
  if (isUnconfirmed(user) && !options.evenUnconfirmed) throw invalidGrant('USER_NOT_CONFIRMED');
  return user;
}
