import {
  createActivity,
  type Document,
  type Entity,
  isDocument,
  isEntityId,
} from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import { forbidden, invalid, Refusal } from '../../../refusal.ts';
import type { PortalAccess } from '../../access/index.ts';
import { portalSource } from '../../entities/updating/caller-source.ts';
import { wantMail } from '../mails/mail-queue.ts';
import { addressesOf, PROTECTED_ATTRIBUTES, REGISTRATION, relation } from '../portal-user.ts';
import { requireAddress } from '../registration/registration-form.ts';
import { deletedUsersWithAddress } from '../user-store.ts';
import type { UsersPlatform } from '../users-platform.ts';
import type { PartnerCircle } from './partner-circle.ts';

/** Stands in for an entity that is about to be created where a grant is asked about its attributes. */
const NOT_YET = '*';

interface Invitation {
  readonly email: string;
  readonly contactData: Document;
  readonly userData: Document;
  /** Contacts the partner may act for; undefined: all of the account. */
  readonly represents: readonly string[] | undefined;
}

/** Reads the body of `invitePartner`, older members included. Throws 400. */
export function invitationFrom(body: unknown): Invitation {
  const members = isDocument(body) ? body : {};
  const data = (name: string) => (isDocument(members[name]) ? members[name] : {});
  const list: unknown = members['represents_contact_list'];
  if (list !== undefined && !(Array.isArray(list) && list.every(isEntityId))) {
    throw invalid({ path: 'body.represents_contact_list', message: 'must be a list of contact ids' });
  }
  return {
    email: requireAddress(String(members['email'] ?? '')),
    contactData: data('contact_data'),
    userData: data('portal_user_data'),
    represents: list === undefined ? undefined : list.filter(isEntityId),
  };
}

/**
 * Invites a person of the caller's account: finds or creates the contact and creates a portal user who waits for registration (portal §4.9).
 * Throws 400 when the address has a user in the portal already, 403 for contacts outside the caller's contact set.
 */
export async function invitePartner(
  platform: UsersPlatform,
  call: Pick<Call, 'tenant'>,
  circle: PartnerCircle,
  access: PortalAccess,
  invitation: Invitation,
): Promise<void> {
  const { identity, entities, clock, database } = platform;
  const { portal, user } = circle;
  const { email } = invitation;
  refuseStrangers(circle, invitation.represents);
  if (await identity.portalDirectory.portalUserByEmail(portal.org, portal.portalId, email)) {
    throw new Refusal(400, 'USER_ALREADY_EXISTS', 'There is a user with this address already', {
      reason: 'USER_ALREADY_EXISTS',
    });
  }
  const deleted = await deletedUsersWithAddress(database, portal.org, portal.portalId, email);
  const known = circle.contacts.find((contact) => addressesOf(contact).includes(email));
  const options = {
    source: portalSource(user),
    direct: true,
    activityType: 'EntityUpdatedFromPortal',
  } as const;
  await call.tenant.transaction(async (tx) => {
    for (const id of deleted) {
      await identity.accounts.deleteAccount(tx, id);
      await entities.purge(tx, { id, schema: 'portal_user' }, options);
    }
    const contact =
      known ??
      (
        await entities.create(
          tx,
          {
            schema: 'contact',
            attributes: {
              source: 'portal',
              ...permitted(access, 'contact', invitation.contactData, CONTACT_BASICS),
              email: [{ email, _tags: ['primary'] }],
              account: relation(circle.accountIds),
            },
          },
          options,
        )
      ).entity;
    const represents = invitation.represents ?? circle.contacts.map(({ id }) => id);
    const { entity } = await entities.create(
      tx,
      {
        schema: 'portal_user',
        attributes: {
          ...permitted(access, 'portal_user', invitation.userData, new Set()),
          email: [{ email, _tags: ['primary'] }],
          origin: portal.origin,
          portal_id: portal.portalId,
          registration_status: REGISTRATION.pending,
          mapping_status: 'Mapped',
          mapped_contact: relation([contact.id]),
          represents: relation(represents.filter((id) => id !== contact.id)),
        },
      },
      options,
    );
    const activity = {
      type: 'EntityUpdatedFromPortal',
      title: 'Partner invited',
      message: 'A partner was invited.',
    };
    await createActivity(tx, activity, [contact.id, entity.id], options.source, clock.now());
    await wantInvitation(tx, platform, circle, contact, entity);
  });
}

/** Wants the invitation mail of a partner. */
export function wantInvitation(
  tx: Parameters<typeof wantMail>[0],
  { clock }: UsersPlatform,
  { portal, contactId }: PartnerCircle,
  contact: Entity,
  user: Entity,
): Promise<void> {
  const ids = { portalId: portal.portalId, portalUserId: user.id, contactId: contact.id };
  return wantMail(tx, { kind: 'partner-invitation', ...ids, inviterContactId: contactId }, clock.now());
}

/** What a person is called may be said about them without a grant to edit contacts. */
const CONTACT_BASICS: ReadonlySet<string> = new Set(['first_name', 'last_name', 'salutation', 'title']);

function permitted(
  access: PortalAccess,
  schema: string,
  data: Document,
  always: ReadonlySet<string>,
): Document {
  const entries = Object.entries(data).filter(
    ([name]) =>
      !name.startsWith('_') &&
      !PROTECTED_ATTRIBUTES.has(name) &&
      (always.has(name) || access.allows('entity:attribute:edit', `${schema}:${NOT_YET}:${name}`)),
  );
  return Object.fromEntries(entries);
}

/** Nobody lends more than they may do themselves. The people of the own account are the caller's to name. */
function refuseStrangers({ user, contacts }: PartnerCircle, represents: readonly string[] | undefined): void {
  const own = new Set([...user.contactIds, ...contacts.map(({ id }) => id)]);
  if (represents?.some((id) => !own.has(id)))
    throw forbidden('Not permitted: to let others act for these contacts');
}
