import type { Operations } from '../../../contract/operation-types.ts';
import { type Entity, findEntity } from '../../../entities/index.ts';
import { reply } from '../../../http/call.ts';
import { portalLink } from '../../../identity/index.ts';
import { notFound, Refusal } from '../../../refusal.ts';
import type { TenantTransaction } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { wantMail } from '../mails/mail-queue.ts';
import { REGISTRATION } from '../portal-user.ts';
import { REGISTRATION_SOURCE } from '../registration/create-user.ts';
import type { UsersPlatform } from '../users-platform.ts';

/** Confirming an address, and asking for it again (portal §4.4). */
export function confirmationOperations(platform: UsersPlatform): Operations<'customer-portal'> {
  const { identity, portals, database, clock } = platform;
  const { accounts } = identity;

  /** Changes the entity with the credential; users whose address is confirmed stay as they are. */
  const markRegistered = async (tx: TenantTransaction, portalUserId: string) => {
    const user = await findEntity(tx, portalUserId, 'portal_user');
    if (user?.doc['registration_status'] !== REGISTRATION.confirmationSent) return;
    await platform.entities.patch(
      tx,
      { id: user.id, attributes: { registration_status: REGISTRATION.registered } },
      { source: REGISTRATION_SOURCE, direct: true, activityType: 'EntityUpdatedFromPortal' },
    );
  };

  return {
    async confirmUser(call) {
      const { confirmation_link_token: token, use_redirect: redirects } = call.parameters;
      const found = await accounts.findConfirmation(token);
      const portal = found && (await portals.find(found.portalId));
      if (!found || !portal) throw invalidToken();
      const isFirst =
        !found.alreadyConfirmed &&
        (await database.tenant(found.org).transaction(async (tx) => {
          const confirmed = await accounts.confirmAccount(tx, found.portalId, token);
          if (confirmed) await markRegistered(tx, found.portalUserId);
          return confirmed;
        }));
      if (redirects === false) return reply(200, { confirmed: true, user_already_confirmed: !isFirst });
      const user = await findEntity(database.tenant(found.org), found.portalUserId, 'portal_user');
      return redirect(portal, pageAfter(user));
    },

    async confirmUserWithUserId(call) {
      // The user's id stands for the token here: it works as long as the newest mail does, and where the operator wants it at all.
      const { id, origin, org_id: org } = call.parameters;
      const portal = await portals.findByOrigin(String(org), origin);
      if (!portal) throw notFound('The portal', 'PORTAL_NOT_FOUND');
      const tenant = database.tenant(portal.org);
      const confirmed = await tenant.transaction(async (tx) => {
        const user = await findEntity(tx, id, 'portal_user');
        const isWaiting =
          platform.confirmsByUserId &&
          user?.doc['portal_id'] === portal.portalId &&
          user.doc['registration_status'] === REGISTRATION.confirmationSent;
        if (!isWaiting || !(await accounts.confirmMailed(tx, user.id))) return false;
        await markRegistered(tx, user.id);
        return true;
      });
      return redirect(portal, confirmed ? '/register/success' : '/login');
    },

    async resendConfirmationEmail(call) {
      await identity.access.requireGrant(call, 'entity:edit', `portal_user:${call.parameters.id}`);
      const user = await findEntity(call.tenant, call.parameters.id, 'portal_user');
      if (!user) throw notFound('The portal user', 'ENTITY_NOT_FOUND');
      const portalId = String(user.doc['portal_id'] ?? '');
      const portalUserId = user.id;
      const status = user.doc['registration_status'];
      const wish =
        status === REGISTRATION.confirmationSent
          ? ({ kind: 'confirmation', portalId, portalUserId } as const)
          : status === REGISTRATION.emailUpdate
            ? await emailChangeWish(portalId, portalUserId)
            : undefined;
      if (!wish) {
        throw new Refusal(400, 'NOTHING_TO_CONFIRM', 'The user does not wait for a confirmation', {
          reason: 'NOTHING_TO_CONFIRM',
        });
      }
      await call.tenant.transaction((tx) => wantMail(tx, wish, clock.now()));
      return { message: 'Confirmation email sent successfully.' };

      async function emailChangeWish(portalId: string, portalUserId: string) {
        const newEmail = await accounts.wantedEmail(call.tenant, portalUserId);
        return newEmail ? ({ kind: 'email-change', portalId, portalUserId, newEmail } as const) : undefined;
      }
    },
  };
}

/** Whoever waits to be mapped to a contact is told so (portal §4.4). */
function pageAfter(user: Entity | undefined): string {
  return user?.doc['mapping_status'] === 'Pending' ? '/pending-account' : '/register/success';
}

function redirect(portal: Portal, path: string) {
  const location = portalLink(portal, path, {});
  // A portal without a domain has no page to show; the address is confirmed all the same.
  return location
    ? reply(301, undefined, { location, 'cache-control': 'no-store' })
    : reply(301, undefined, { location: '/' });
}

function invalidToken(): Refusal {
  return new Refusal(400, 'INVALID_TOKEN', 'The link is not valid any more', { reason: 'invalid_token' });
}
