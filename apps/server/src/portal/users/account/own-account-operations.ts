import type { Operations } from '../../../contract/operation-types.ts';
import { type Document, type Entity, findEntity, isDocument, lockEntity } from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import type { PortalPrincipal } from '../../../identity/index.ts';
import { forbidden, invalid, notFound, unauthorized } from '../../../refusal.ts';
import { portalSource, writeAttributes } from '../../entities/index.ts';
import { PROTECTED_ATTRIBUTES } from '../portal-user.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { changeEmail } from './change-email.ts';

const LONGEST_PASSWORD = 256;

/** What portal users do with their own account (portal §4.6). */
export function ownAccountOperations(platform: UsersPlatform): Operations<'customer-portal'> {
  const { identity, entities, clock, accessOf, portals, hooks } = platform;

  return {
    async getPortalUser(call) {
      const access = await accessOf(call);
      return { data: access.shownAttributes(await ownEntity(call)) };
    },

    async updatePortalUser(call) {
      const access = await accessOf(call);
      const { entity } = await call.tenant.transaction(async (tx) => {
        const user = await lockEntity(tx, access.user.portalUserId, 'portal_user');
        if (!user) throw unauthorized();
        const attributes = editable(call.body, (name) => access.canEditAttribute(user, name));
        return writeAttributes({ graph: entities, clock }, access.within(tx), tx, user, attributes);
      });
      return { data: access.shownAttributes(entity) };
    },

    async deletePortalUser(call) {
      const principal = ownPrincipal(call);
      refuseForOthers(principal);
      const portal = await portals.of(call);
      const { portalUserId, contactId, email } = principal;
      const subject = { portal, tenant: call.tenant, portalUserId, contactId };
      const outcome = await hooks?.deleteAccount(subject, email);
      if (outcome?.mode === 'asynchronous')
        return { message: 'Account deletion requested', data: portalUserId };
      const options = { source: portalSource(principal), activityType: 'EntityUpdatedFromPortal' } as const;
      await call.tenant.transaction(async (tx) => {
        await identity.accounts.deleteAccount(tx, portalUserId);
        await entities.softDelete(tx, { id: portalUserId, schema: 'portal_user' }, options);
        if (!contactId || !outcome || outcome.contact === 'keep') return;
        const contact = { id: contactId, schema: 'contact' };
        if (outcome.contact === 'soft') await entities.softDelete(tx, contact, options);
        else await entities.purge(tx, contact, options);
      });
      return { message: 'User Succesfully Deleted', data: portalUserId };
    },

    async changePortalUserPassword(call) {
      const principal = ownPrincipal(call);
      refuseForOthers(principal);
      const portal = await portals.of(call);
      const settings = await hooks?.changePasswordSettings(portal);
      if (!hooks || !settings) throw notFound('The changePassword hook', 'HOOK_NOT_FOUND');
      const given = call.body?.new_password;
      if (settings.requiresPassword && !given) {
        throw invalid({ path: 'body.new_password', message: 'is required' });
      }
      // The portal's rules are those of its own passwords; the third party judges by its own, so only the size is bounded here.
      if (given !== undefined && given.length > LONGEST_PASSWORD) {
        throw invalid({ path: 'body.new_password', message: `is longer than ${LONGEST_PASSWORD}` });
      }
      const { portalUserId, contactId } = principal;
      const subject = { portal, tenant: call.tenant, portalUserId, contactId };
      await hooks.changePassword(subject, settings.requiresPassword ? given : undefined);
      return { message: 'Your password change request has been received.' };
    },

    async updatePortalUserEmail(call) {
      const principal = ownPrincipal(call);
      refuseForOthers(principal);
      const portal = await portals.of(call);
      const message = await changeEmail(platform, portal, call.tenant, principal, {
        email: call.body.email,
        password: call.body.password,
      });
      return { message };
    },
  };
}

function ownPrincipal({ principal }: Pick<Call, 'principal'>): PortalPrincipal {
  if (principal.kind !== 'portal_user') throw unauthorized('A portal token is required');
  return principal;
}

async function ownEntity(call: Pick<Call, 'principal' | 'tenant'>): Promise<Entity> {
  const user = await findEntity(call.tenant, ownPrincipal(call).portalUserId, 'portal_user');
  if (!user) throw unauthorized();
  return user;
}

/** An administrator who acts as a user neither moves nor removes their account (portal §4.8). */
function refuseForOthers(principal: PortalPrincipal): void {
  if (principal.impersonator || principal.readOnly) throw forbidden('Not permitted while acting as a user');
}

/** What may be written of a body; everything else is ignored (portal §4.6). */
function editable(body: unknown, mayEdit: (name: string) => boolean): Document {
  const entries = Object.entries(isDocument(body) ? body : {});
  return Object.fromEntries(
    entries.filter(([name]) => !name.startsWith('_') && !PROTECTED_ATTRIBUTES.has(name) && mayEdit(name)),
  );
}
