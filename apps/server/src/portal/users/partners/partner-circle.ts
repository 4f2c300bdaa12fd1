import { type Entity, findEntities, findEntity, relatedIds } from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import type { PortalPrincipal } from '../../../identity/index.ts';
import { forbidden, notFound, Refusal } from '../../../refusal.ts';
import type { Portal } from '../../config/index.ts';
import { usersOfContacts } from '../user-store.ts';
import type { UsersPlatform } from '../users-platform.ts';

/** A portal user who manages the people of the own account: the caller, the account(s), and everybody linked to them (portal §4.9). */
export interface PartnerCircle {
  readonly portal: Portal;
  readonly user: PortalPrincipal;
  readonly contactId: string;
  readonly accountIds: readonly string[];
  /** Contacts of the account(s), the caller among them, oldest first. */
  readonly contacts: readonly Entity[];
}

/** Throws 401 for others than portal users, 403 when the portal leaves accounts to the utility or the caller has none. */
export async function partnerCircle(
  { portals }: UsersPlatform,
  call: Pick<Call, 'principal' | 'tenant'>,
): Promise<PartnerCircle> {
  const portal = await portals.of(call);
  const user = call.principal;
  if (user.kind !== 'portal_user') throw forbidden();
  if (portal.config['user_account_self_management'] !== true) {
    throw forbidden('Not permitted: this portal does not let users manage partners');
  }
  const { contactId } = user;
  const accounts = contactId ? await relatedIds(call.tenant, [contactId], { schema: 'account' }) : [];
  const accountIds = accounts.map(({ id }) => id);
  if (!contactId || accountIds.length === 0) throw forbidden('Not permitted: the contact has no account');
  const members = await relatedIds(call.tenant, accountIds, { schema: 'contact' });
  const contacts = await findEntities(
    call.tenant,
    members.map(({ id }) => id),
  );
  const oldestFirst = contacts.sort(
    (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1),
  );
  return { portal, user, contactId, accountIds, contacts: oldestFirst };
}

/** A partner by contact id. Throws 404 for people of other accounts, 400 for the caller. */
export function requirePartner(circle: PartnerCircle, partnerId: string): Entity {
  const contact = circle.contacts.find(({ id }) => id === partnerId);
  if (!contact) throw notFound('The partner', 'PARTNER_NOT_FOUND');
  if (contact.id === circle.contactId) {
    throw new Refusal(400, 'PARTNER_IS_CALLER', 'This is your own account', { reason: 'PARTNER_IS_CALLER' });
  }
  return contact;
}

/** The user a contact has in the caller's portal; the one that can sign in before others. */
export async function partnerUser(
  call: Pick<Call, 'tenant'>,
  { portal }: PartnerCircle,
  contact: Entity,
): Promise<Entity | undefined> {
  const users = await usersOfContacts(call.tenant, [contact.id]);
  return users.find(({ doc }) => doc['portal_id'] === portal.portalId);
}

/** Like {@link partnerUser}, but throws 400 when the partner has no access that could be changed. */
export async function requirePartnerUser(
  call: Pick<Call, 'tenant'>,
  circle: PartnerCircle,
  contact: Entity,
): Promise<Entity> {
  const user = await partnerUser(call, circle, contact);
  const current = user && (await findEntity(call.tenant, user.id, 'portal_user'));
  if (!current) {
    throw new Refusal(400, 'PARTNER_WITHOUT_USER', 'The partner has no portal user', {
      reason: 'PARTNER_WITHOUT_USER',
    });
  }
  return current;
}
