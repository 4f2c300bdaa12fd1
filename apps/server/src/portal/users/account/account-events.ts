import {
  type ChangeSource,
  createActivity,
  type Entity,
  type EntityGraph,
  findEntity,
} from '../../../entities/index.ts';
import type { AccountEvents } from '../../../identity/index.ts';
import type { TenantTransaction } from '../../../storage/index.ts';
import { type PortalAccessed, recordAccess } from '../../entities/record-access.ts';
import { firstAddress, REGISTRATION, relatedTo, textAttribute } from '../portal-user.ts';

/** What sign-in and credentials leave behind on entities and in feeds, in identity's own transactions (portal §1.5, §11.2). */
export function portalAccountEvents(entities: EntityGraph): AccountEvents {
  const patch = (
    tx: TenantTransaction,
    id: string,
    attributes: Record<string, unknown>,
    activityType?: string,
  ) =>
    entities.patch(
      tx,
      { id, schema: 'portal_user', attributes },
      { source: sourceOf(id), direct: true, ...(activityType ? { activityType } : {}) },
    );
  return {
    async signedIn(tx, { portalUserId, at }) {
      const user = await findEntity(tx, portalUserId, 'portal_user');
      if (!user) return;
      const now = at.toISOString();
      const isFirst = user.doc['first_login'] === undefined || user.doc['first_login'] === null;
      await patch(tx, portalUserId, { ...(isFirst ? { first_login: now } : {}), last_login: now });
      const [contactId] = relatedTo(user, 'mapped_contact');
      const contact = contactId && (await findEntity(tx, contactId, 'contact'));
      if (contact) await recordAccess(tx, signInOf(user, contact), at);
    },

    async passwordChanged(tx, { portalUserId, at, by }) {
      const user = await findEntity(tx, portalUserId, 'portal_user');
      if (!user) return;
      const activity =
        by === 'user'
          ? {
              type: 'PortalUserResetPassword',
              title: 'Password changed',
              message: 'The portal user changed the password.',
            }
          : {
              type: 'PortalUserResetForgotPassword',
              title: 'Password reset',
              message: 'The portal user reset a forgotten password.',
            };
      await createActivity(tx, activity, [portalUserId], sourceOf(portalUserId), at);
      // A mail reached the user and was answered: the address is proved, and an open registration complete (portal §4.4).
      const isUnconfirmed = user.doc['registration_status'] === REGISTRATION.confirmationSent;
      if (by === 'mail' && isUnconfirmed) {
        await patch(
          tx,
          portalUserId,
          { registration_status: REGISTRATION.registered },
          'EntityUpdatedFromPortal',
        );
      }
    },

    async emailChanged(tx, { portalUserId, email }) {
      const attributes = {
        email: [{ email, _tags: ['primary'] }],
        registration_status: REGISTRATION.registered,
      };
      await patch(tx, portalUserId, attributes, 'EntityUpdatedFromPortal');
    },
  };
}

function signInOf(user: Entity, contact: Entity): PortalAccessed {
  return {
    user: {
      portalUserId: user.id,
      portalId: textAttribute(user, 'portal_id') ?? '',
      origin: textAttribute(user, 'origin') ?? '',
      email: firstAddress(user) ?? '',
      contactId: contact.id,
    },
    ...{ schema: 'contact', entity: contact, isSignIn: true },
  };
}

function sourceOf(portalUserId: string): ChangeSource {
  return { kind: 'portal', actor: { type: 'portal_user', id: portalUserId } };
}
