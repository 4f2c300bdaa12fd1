import type { Operations } from '../../../contract/operation-types.ts';
import type { Entity } from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import { forbidden, Refusal } from '../../../refusal.ts';
import { portalSource } from '../../entities/updating/caller-source.ts';
import { firstAddress, hasAccess, REGISTRATION, relatedTo, relation, textAttribute } from '../portal-user.ts';
import { usersOfContacts } from '../user-store.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { invitationFrom, invitePartner, wantInvitation } from './invite-partner.ts';
import {
  type PartnerCircle,
  partnerCircle,
  partnerUser,
  requirePartner,
  requirePartnerUser,
} from './partner-circle.ts';

/** Business partners: the people who share an account (portal §4.9). */
export function partnerOperations(platform: UsersPlatform): Operations<'customer-portal'> {
  const { entities, identity, accessOf } = platform;

  return {
    async invitePartner(call) {
      const circle = await changingCircle(call);
      await invitePartner(platform, call, circle, await accessOf(call), invitationFrom(call.body));
      return { message: 'User invited successfully' };
    },

    async listBusinessPartners(call) {
      const circle = await partnerCircle(platform, call);
      const others = circle.contacts.filter(({ id }) => id !== circle.contactId);
      const users = await usersOfContacts(
        call.tenant,
        others.map(({ id }) => id),
      );
      const ofPortal = users.filter(({ doc }) => doc['portal_id'] === circle.portal.portalId);
      return { data: others.map((contact) => listed(contact, ofPortal)) };
    },

    async resendPartnerInvitation(call) {
      const circle = await changingCircle(call);
      const contact = requirePartner(circle, call.parameters.partner_id);
      const user = await requirePartnerUser(call, circle, contact);
      if (user.doc['registration_status'] !== REGISTRATION.pending) {
        throw new Refusal(400, 'PARTNER_REGISTERED', 'The partner has registered already', {
          reason: 'PARTNER_REGISTERED',
        });
      }
      await call.tenant.transaction((tx) => wantInvitation(tx, platform, circle, contact, user));
      return { message: 'Partner invitation resent successfully' };
    },

    async revokePartner(call) {
      const circle = await changingCircle(call);
      const contact = requirePartner(circle, call.parameters.partner_id);
      const user = await partnerUser(call, circle, contact);
      await call.tenant.transaction(async (tx) => {
        const options = optionsOf(circle);
        if (user) {
          await identity.accounts.deleteAccount(tx, user.id);
          await entities.softDelete(tx, { id: user.id, schema: 'portal_user' }, options);
        }
        const left = relatedTo(contact, 'account').filter((id) => !circle.accountIds.includes(id));
        await entities.patch(tx, { id: contact.id, attributes: { account: relation(left) } }, options);
      });
      return { message: 'Partner revoked from portal successfully' };
    },

    async disablePartner(call) {
      await setAccess(call, call.parameters.partner_id, false);
      return { message: 'Partner disabled from portal successfully' };
    },

    async enablePartner(call) {
      await setAccess(call, call.parameters.partner_id, true);
      return { message: 'Partner enabled from portal successfully' };
    },
  };

  /** An administrator who acts as a user may look at partners, not decide about them by way of a preview. */
  async function changingCircle(call: Pick<Call, 'principal' | 'tenant'>): Promise<PartnerCircle> {
    const circle = await partnerCircle(platform, call);
    if (circle.user.readOnly) throw forbidden('Not permitted while previewing');
    return circle;
  }

  async function setAccess(
    call: Pick<Call, 'principal' | 'tenant'>,
    partnerId: string,
    access: boolean,
  ): Promise<void> {
    const circle = await changingCircle(call);
    const user = await requirePartnerUser(call, circle, requirePartner(circle, partnerId));
    await call.tenant.transaction(async (tx) => {
      if (hasAccess(user) !== access) {
        const attributes = { access_status: access };
        await entities.patch(tx, { id: user.id, attributes }, optionsOf(circle));
      }
      if (!access) await identity.accounts.endSessions(tx, user.id, 'disabled by partner');
    });
  }
}

function optionsOf({ user }: PartnerCircle) {
  return { source: portalSource(user), direct: true, activityType: 'EntityUpdatedFromPortal' } as const;
}

function listed(contact: Entity, users: readonly Entity[]): Record<string, unknown> {
  const user = users.find((one) => relatedTo(one, 'mapped_contact').includes(contact.id));
  const email = (user && firstAddress(user)) ?? firstAddress(contact);
  const members = {
    _id: contact.id,
    _title: contact.title,
    has_portal_user: user !== undefined,
    registration_status: user && textAttribute(user, 'registration_status'),
    email,
    first_name: textAttribute(contact, 'first_name'),
    last_name: textAttribute(contact, 'last_name'),
    access_status: user && hasAccess(user),
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
