import { type Entity, findEntity } from '../../../entities/index.ts';
import { readSignInSettings, type StoredPassword } from '../../../identity/index.ts';
import { Refusal } from '../../../refusal.ts';
import type { Tenant, TenantTransaction } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { wantMail } from '../mails/mail-queue.ts';
import { REGISTRATION } from '../portal-user.ts';
import { linksOfUser } from '../sso/link-store.ts';
import { deletedUsersWithAddress } from '../user-store.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { createUser, type NewUser, REGISTRATION_SOURCE, reopenForConfirmation } from './create-user.ts';
import { identify } from './identify.ts';
import { type RegistrationForm, requireForm } from './registration-form.ts';

const MESSAGES = {
  CONTACT_NOT_FOUND: 'No customer fits these details',
  PORTAL_USER_EXISTS: 'There is an account for this customer already',
  REGISTRATION_DISABLED: 'This portal does not take registrations',
  USER_ALREADY_EXISTS: 'There is an account with this address already',
} as const;

/**
 * Registers somebody at a portal (portal §4.2). Throws 400 with a reason: `INVALID_PASSWORD`, `INVALID_IDENTIFIERS`, `USER_ALREADY_EXISTS`,
 * `CONTACT_NOT_FOUND`, `PORTAL_USER_EXISTS`, `REGISTRATION_DISABLED`. Portals that prevent enumeration answer as if all were well and send a mail
 * instead (§1.8).
 */
export async function register(
  platform: UsersPlatform,
  portal: Portal,
  form: RegistrationForm,
): Promise<void> {
  const { identity, database } = platform;
  const tenant = database.tenant(portal.org);
  const settings = readSignInSettings(portal.portalId, portal.config);
  const { email, identifiers, contact } = requireForm(portal, form);
  // Hashed in any case: how long the answer takes says nothing about what is found.
  const password = await identity.accounts.hashPassword(portal, form.password, settings.passwordPolicy);
  const refuse = async (reason: keyof typeof MESSAGES) => {
    if (!settings.preventEnumeration) throw refusal(reason);
    const kind = reason === 'USER_ALREADY_EXISTS' ? 'already-registered' : 'registration-refused';
    await tenant.transaction((tx) =>
      wantMail(tx, { kind, portalId: portal.portalId, to: email }, platform.clock.now()),
    );
  };

  const existing = await existingUser(platform, portal, tenant, email);
  if (existing === 'taken') return refuse('USER_ALREADY_EXISTS');
  const complete = (tx: TenantTransaction, portalUserId: string) =>
    completeRegistration(tx, platform, portal, { portalUserId, email, password }, form.isFromJourney);
  if (existing) {
    await tenant.transaction(async (tx) => {
      await reopenForConfirmation(tx, platform, existing);
      await complete(tx, existing.id);
    });
    return;
  }
  const identified = await identify(platform, portal, tenant, {
    email,
    identifiers,
    contactId: form.contactId,
    contactIdentifiersForAccount: form.contactIdentifiersForAccount,
  });
  if (identified.decision.act === 'refuse') return refuse(identified.decision.reason);
  const deleted = await deletedUsersWithAddress(database, portal.org, portal.portalId, email);
  const newUser: NewUser = {
    email,
    status: REGISTRATION.confirmationSent,
    contact,
    account: { source: 'portal', ...identifiers['account'] },
    user: {},
  };
  try {
    await tenant.transaction(async (tx) => {
      for (const id of deleted) await purgeUser(tx, platform, id);
      await complete(tx, await createUser(tx, platform, portal, identified, newUser));
    });
  } catch (error) {
    // Somebody registered the same address in the same moment.
    if (error instanceof Refusal && error.code === 'EMAIL_TAKEN') return refuse('USER_ALREADY_EXISTS');
    throw error;
  }
}

/** The living user of an address: `taken` when they can sign in, otherwise the entity that this registration completes. */
async function existingUser(
  { identity }: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  email: string,
): Promise<Entity | 'taken' | undefined> {
  const record = await identity.portalDirectory.portalUserByEmail(portal.org, portal.portalId, email);
  if (!record) return undefined;
  const hasPassword = (await identity.accounts.hasPassword(tenant, record.id)) === true;
  const isLinked = (await linksOfUser(tenant, record.id)).length > 0;
  if (hasPassword || isLinked) return 'taken';
  return findEntity(tenant, record.id, 'portal_user');
}

async function completeRegistration(
  tx: TenantTransaction,
  { identity, clock }: UsersPlatform,
  portal: Portal,
  account: { readonly portalUserId: string; readonly email: string; readonly password: StoredPassword },
  isFromJourney: boolean,
): Promise<void> {
  const { portalId } = portal;
  await identity.accounts.createPortalAccount(tx, { portalId, ...account, emailVerified: false });
  const { portalUserId } = account;
  const source = isFromJourney ? 'journey' : undefined;
  await wantMail(tx, { kind: 'confirmation', portalId, portalUserId, source }, clock.now());
}

/** Takes a deleted user out of the recycle bin for good: the address starts anew (portal §4.2 step 3). */
async function purgeUser(
  tx: TenantTransaction,
  { identity, entities }: UsersPlatform,
  id: string,
): Promise<void> {
  await identity.accounts.deleteAccount(tx, id);
  await entities.purge(tx, { id, schema: 'portal_user' }, { source: REGISTRATION_SOURCE });
}

function refusal(reason: keyof typeof MESSAGES): Refusal {
  return new Refusal(400, reason, MESSAGES[reason], { reason });
}
