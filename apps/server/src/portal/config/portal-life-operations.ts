import type { Operations } from '../../contract/operation-types.ts';
import { changeSource } from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import { invalid, notFound } from '../../refusal.ts';
import type { Sql, TenantTransaction } from '../../storage/index.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { deletePortal } from './delete-portal.ts';
import { actorOf, noteWrite } from './note-write.ts';
import { PortalRights } from './portal-grants.ts';
import { lockPortal, whereId, whereOrigin } from './portal-store.ts';
import { swapPortals } from './swap-portals.ts';

/** What older clients send in `items_to_swap`; `domain` and `users` add nothing (portal §3.12). */
const SWAPPABLE: ReadonlySet<string> = new Set(['all', 'domain', 'users', 'email_templates']);

/** Deleting and exchanging portals (portal §3.12, §3.13). */
export function portalLifeOperations(platform: ConfigPlatform): Operations<'customer-portal'> {
  const { identity } = platform;

  const remove = async (call: Call<unknown>, condition: Sql, origin?: string) => {
    const rights = await PortalRights.of(identity.access, call.principal);
    if (origin === undefined) rights.requireAny('delete');
    else rights.require(origin, 'delete');
    await call.tenant.transaction(async (tx) => {
      const portal = await locked(tx, condition);
      rights.require(portal.origin, 'delete');
      await deletePortal(tx, platform, portal, changeSource(call.principal));
      await noteWrite(tx, call, platform.clock.now(), 'portal.delete', portal.portalId);
    });
    return undefined;
  };

  return {
    async deletePortal(call) {
      const { origin } = call.parameters;
      return remove(call, whereOrigin(call.tenant.org, origin), origin);
    },

    async deletePortalConfig(call) {
      return remove(call, whereId(call.parameters.portal_id));
    },

    async swapPortalConfig(call) {
      const rights = await PortalRights.of(identity.access, call.principal);
      rights.requireAny('edit');
      const { source_portal_id: source, target_portal_id: target, items_to_swap: items } = call.body;
      const wanted: readonly string[] = items ?? [];
      const unknown = wanted.findIndex((item) => !SWAPPABLE.has(item));
      if (unknown >= 0) {
        throw invalid({ path: `body.items_to_swap[${unknown}]`, message: 'cannot be swapped' });
      }
      await call.tenant.transaction(async (tx) => {
        // Always in the same order, so that two swaps of one pair do not wait for each other.
        const [first, second] = [source, target].sort();
        const one = await locked(tx, whereId(first ?? source));
        const other = await locked(tx, whereId(second ?? target));
        for (const portal of [one, other]) rights.require(portal.origin, 'edit');
        // The documented call names one portal twice: swapped with itself it stays as it is.
        if (one.portalId === other.portalId) return;
        await swapPortals(tx, platform, [one, other], {
          emailTemplates: wanted.includes('email_templates') || wanted.includes('all'),
          savedBy: actorOf(call.principal),
        });
        for (const { portalId } of [one, other]) {
          await noteWrite(tx, call, platform.clock.now(), 'portal.swap', portalId);
        }
      });
      return { message: 'Domain and users swapped successfully.' };
    },
  };
}

async function locked(tx: TenantTransaction, condition: Sql) {
  const portal = await lockPortal(tx, condition);
  if (!portal) throw notFound('The portal', 'PORTAL_NOT_FOUND');
  return portal;
}
