import { ensureAccount, findAccountByEmail, type PortalAccount } from '../accounts/account-store.ts';
import type { SignInContext } from './sign-in-context.ts';

/**
 * The credential behind an address. Users an integration made have none yet: they get one without a password, so that a code or a reset mail
 * can reach them (portal §4.1). Undefined when the portal does not know the address.
 */
export async function accountOfAddress(
  context: SignInContext,
  email: string,
): Promise<PortalAccount | undefined> {
  const { tenant, portal, directory, now } = context;
  const account = await findAccountByEmail(tenant, portal.portalId, email);
  if (account) return account;
  const user = await directory.portalUserByEmail(portal.org, portal.portalId, email);
  if (!user) return undefined;
  const { portalId } = portal;
  const bare = { portalId, portalUserId: user.id, email, emailVerified: false, password: undefined };
  return ensureAccount(tenant, bare, now);
}
