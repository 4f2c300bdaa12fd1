import type { Operations } from '../../../contract/operation-types.ts';
import { type Document, type Entity, findEntity, isDocument } from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import type { PortalPrincipal } from '../../../identity/index.ts';
import { forbidden, unauthorized } from '../../../refusal.ts';
import { portalSource } from '../../entities/updating/caller-source.ts';
import { PROTECTED_ATTRIBUTES } from '../portal-user.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { changeEmail } from './change-email.ts';

/** What portal users do with their own account (portal §4.6). */
export function ownAccountOperations(platform: UsersPlatform): Operations<'customer-portal'> {
  const { identity, entities, accessOf, portals, hooks } = platform;

  return {
    async getPortalUser(call) {
      const access = await accessOf(call);
      return { data: access.shownAttributes(await ownEntity(call)) };
    },

    async updatePortalUser(call) {
      const access = await accessOf(call);
      const user = await ownEntity(call);
      const attributes = editable(call.body, (name) => access.canEditAttribute(user, name));
      if (Object.keys(attributes).length === 0) return { data: access.shownAttributes(user) };
      const { entity } = await call.tenant.transaction((tx) =>
        entities.patch(
          tx,
          { id: user.id, schema: 'portal_user', attributes },
          { source: portalSource(access.user), activityType: 'EntityUpdatedFromPortal' },
        ),
      );
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
