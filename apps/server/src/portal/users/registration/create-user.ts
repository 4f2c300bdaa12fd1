import { type ChangeSource, createActivity, type Document, type Entity } from '../../../entities/index.ts';
import type { TenantTransaction } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { wantMail } from '../mails/mail-queue.ts';
import { REGISTRATION, relation } from '../portal-user.ts';
import type { UsersPlatform } from '../users-platform.ts';
import type { Identified } from './identify.ts';

/** Who is to get a portal account. */
export interface NewUser {
  /** Lower case. */
  readonly email: string;
  readonly status: 'Confirmation Email Sent' | 'Registered';
  /** Attributes of a new contact besides its address. */
  readonly contact: Document;
  /** Attributes of a new account. */
  readonly account: Document;
  /** Further attributes of the portal user. */
  readonly user: Document;
}

/** The act of nobody who is signed in yet, done through a portal. */
export const REGISTRATION_SOURCE: ChangeSource = {
  kind: 'portal',
  actor: { type: 'system' },
  label: 'portal',
};

const OPTIONS = {
  source: REGISTRATION_SOURCE,
  direct: true,
  activityType: 'EntityUpdatedFromPortal',
} as const;
const REGISTERED = 'A portal user was registered.';

/**
 * Creates the portal user, and the contact and account that the decision wants, within the caller's transaction. A user who waits for a contact
 * is announced to the administrators of portal §4.5. Answers the new portal user's id.
 */
export async function createUser(
  tx: TenantTransaction,
  platform: UsersPlatform,
  portal: Portal,
  identified: Identified,
  newUser: NewUser,
): Promise<string> {
  const contactId = await contactFor(tx, platform, identified, newUser);
  const { entity } = await platform.entities.create(
    tx,
    {
      schema: 'portal_user',
      attributes: {
        ...newUser.user,
        email: [{ email: newUser.email, _tags: ['primary'] }],
        origin: portal.origin,
        portal_id: portal.portalId,
        registration_status: newUser.status,
        mapping_status: contactId ? 'Mapped' : 'Pending',
        ...(contactId ? { mapped_contact: relation([contactId]) } : {}),
      },
    },
    OPTIONS,
  );
  const registered = { type: 'EntityUpdatedFromPortal', title: 'Registered in portal', message: REGISTERED };
  const shownAt = contactId ? [contactId, entity.id] : [entity.id];
  await createActivity(tx, registered, shownAt, REGISTRATION_SOURCE, platform.clock.now());
  if (!contactId) await announcePending(tx, platform, portal, entity.id);
  return entity.id;
}

/** Gives a portal user who was invited, or whom an integration made, the state of somebody who has just registered. */
export async function reopenForConfirmation(
  tx: TenantTransaction,
  platform: UsersPlatform,
  user: Entity,
): Promise<void> {
  await platform.entities.patch(
    tx,
    { id: user.id, attributes: { registration_status: REGISTRATION.confirmationSent } },
    OPTIONS,
  );
}

async function contactFor(
  tx: TenantTransaction,
  platform: UsersPlatform,
  { decision, contactId, accountId, mode }: Identified,
  newUser: NewUser,
): Promise<string | undefined> {
  if (decision.act === 'wait') return undefined;
  if (contactId) return contactId;
  const account =
    mode === 'account' && decision.act === 'create'
      ? (await platform.entities.create(tx, { schema: 'account', attributes: newUser.account }, OPTIONS))
          .entity.id
      : accountId;
  const contact = await platform.entities.create(
    tx,
    {
      schema: 'contact',
      attributes: {
        source: 'portal',
        email: [{ email: newUser.email, _tags: ['primary'] }],
        ...newUser.contact,
        ...(account ? { account: relation([account]) } : {}),
      },
    },
    OPTIONS,
  );
  return contact.entity.id;
}

/** Tells the 360 users of `default_user_to_notify.onPendingUser`; without any, nobody is told (portal §4.5). */
async function announcePending(
  tx: TenantTransaction,
  platform: UsersPlatform,
  portal: Portal,
  portalUserId: string,
): Promise<void> {
  for (const to of addressesToNotify(portal)) {
    const wish = { kind: 'pending-user', portalId: portal.portalId, portalUserId, to } as const;
    await wantMail(tx, wish, platform.clock.now());
  }
}

function addressesToNotify({ config }: Portal): string[] {
  const notify: unknown = config['default_user_to_notify'];
  const list =
    typeof notify === 'object' && notify !== null && 'onPendingUser' in notify ? notify.onPendingUser : [];
  if (!Array.isArray(list)) return [];
  return list.flatMap((user: unknown) => {
    const email = typeof user === 'object' && user !== null && 'email' in user ? user.email : undefined;
    return typeof email === 'string' && email.includes('@') ? [email] : [];
  });
}
