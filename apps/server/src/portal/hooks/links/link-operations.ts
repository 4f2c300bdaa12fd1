import type { Operations } from '../../../contract/operation-types.ts';
import { loadContext } from '../../access/index.ts';
import type { HookEngine } from '../engine/hook-engine.ts';
import type { HooksPlatform } from '../hooks-platform.ts';
import { openSeamlessLink } from './open-seamless-link.ts';

/** Links of extensions that sign the customer in at the third party on the way (portal §9.6). */
export function linkOperations(
  { accessOf }: Pick<HooksPlatform, 'accessOf'>,
  engine: HookEngine,
): Operations<'customer-portal'> {
  return {
    async getResolvedSeamlessLink(call) {
      const { app_id: appId, extension_id: extensionId, link_id: linkId, context_entities } = call.parameters;
      const access = await accessOf(call);
      const { portal } = access;
      const link = await openSeamlessLink(
        engine,
        { appId, extensionId, linkId, portal },
        {
          tenant: call.tenant,
          portalId: portal.portalId,
          portalUserId: access.user.portalUserId,
          contactId: access.user.contactId,
          entities: await loadContext(access, context_entities),
        },
      );
      return { link };
    },
  };
}
