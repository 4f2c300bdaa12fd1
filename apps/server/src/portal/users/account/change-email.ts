import {
  countAttempt,
  type PortalPrincipal,
  readSignInSettings,
  SURFACE_LIMITS,
} from '../../../identity/index.ts';
import { invalid, Refusal } from '../../../refusal.ts';
import type { Tenant } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { portalSource } from '../../entities/updating/caller-source.ts';
import { wantMail } from '../mails/mail-queue.ts';
import { REGISTRATION } from '../portal-user.ts';
import { requireAddress } from '../registration/registration-form.ts';
import type { UsersPlatform } from '../users-platform.ts';

const MAIL_SOON = 'You will receive a confirmation mail soon on your updated email address.';
const RECEIVED = 'Your email change request has been received.';
const CHANGED = 'Your email has been changed.';

/**
 * Starts the change of a user's sign-in address, and answers what to tell them (portal §4.6). Until the new address is proved by its mail, the old
 * one keeps working. Throws 400 `INVALID_PASSWORD_CONFIRMATION`, 400 `EMAIL_TAKEN` (silently nothing where the portal prevents enumeration), 429.
 */
export async function changeEmail(
  platform: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  user: PortalPrincipal,
  wish: { readonly email: string; readonly password: string | undefined },
): Promise<string> {
  const { identity, hooks, clock } = platform;
  const { portalUserId, email: oldEmail } = user;
  const newEmail = requireAddress(wish.email);
  await countAttempt(tenant, SURFACE_LIMITS.mailPerAccount, `${portal.portalId} ${oldEmail}`, clock.now());
  const hook = await hooks?.changeEmailSettings(portal);
  if (hook?.requiresPassword !== false) await requirePassword(platform, tenant, user, wish.password);
  if (newEmail === oldEmail) throw invalid({ path: 'body.email', message: 'is the present address' });
  const settings = readSignInSettings(portal.portalId, portal.config);
  if (await identity.portalDirectory.portalUserByEmail(portal.org, portal.portalId, newEmail)) {
    if (settings.preventEnumeration) return MAIL_SOON;
    throw new Refusal(400, 'EMAIL_TAKEN', 'The address is in use', { reason: 'EMAIL_TAKEN' });
  }
  const subject = { portal, tenant, portalUserId, contactId: user.contactId };
  const outcome = hook && (await hooks?.changeEmail(subject, { newEmail, oldEmail }));
  if (outcome === 'asynchronous') return RECEIVED;
  if (outcome === 'synchronous') {
    await tenant.transaction((tx) => identity.accounts.moveToEmail(tx, portalUserId, newEmail));
    return CHANGED;
  }
  await tenant.transaction(async (tx) => {
    await platform.entities.patch(
      tx,
      { id: portalUserId, attributes: { registration_status: REGISTRATION.emailUpdate } },
      { source: portalSource(user), direct: true, activityType: 'EntityUpdatedFromPortal' },
    );
    await wantMail(
      tx,
      { kind: 'email-change', portalId: portal.portalId, portalUserId, newEmail },
      clock.now(),
    );
  });
  return MAIL_SOON;
}

/** Users without a password sign in elsewhere and need none. */
async function requirePassword(
  { identity }: UsersPlatform,
  tenant: Tenant,
  { org, portalUserId }: PortalPrincipal,
  password: string | undefined,
): Promise<void> {
  if ((await identity.accounts.hasPassword(tenant, portalUserId)) !== true) return;
  if (password && (await identity.accounts.verifyPassword(org, portalUserId, password))) return;
  throw new Refusal(400, 'INVALID_PASSWORD_CONFIRMATION', 'The password is not right', {
    reason: 'INVALID_PASSWORD_CONFIRMATION',
  });
}
