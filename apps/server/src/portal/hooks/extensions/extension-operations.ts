import type { Operations } from '../../../contract/operation-types.ts';
import { type PortalQuestion, PortalRights } from '../../config/index.ts';
import type { HooksPlatform } from '../hooks-platform.ts';
import { enabledExtensions } from './choose-hook.ts';
import { listExtensions } from './extension-store.ts';
import { publicDetails } from './public-details.ts';

/** Which extensions are installed, for administrators, and what a portal's active ones offer, for everybody (portal §9.1). */
export function extensionOperations(platform: HooksPlatform): Operations<'customer-portal'> {
  const { database, identity, portals } = platform;

  const active = async (question: PortalQuestion) => {
    const portal = await portals.ofPublic(question);
    return publicDetails(portal, await enabledExtensions(database.tenant(portal.org), portal));
  };

  return {
    async getPortalExtensions(call) {
      const rights = await PortalRights.of(identity.access, call.principal);
      const { origin } = call.parameters;
      if (origin === undefined) rights.requireAny('view');
      else rights.require(origin, 'view');
      return (await listExtensions(call.tenant)).map(({ definition }) => definition);
    },

    async getPortalExtensionsV3(call) {
      const rights = await PortalRights.of(identity.access, call.principal);
      rights.requireAny('view');
      const { origin } = await portals.of(call, { portal_id: call.parameters.portal_id });
      rights.require(origin, 'view');
      return (await listExtensions(call.tenant)).map(({ definition }) => definition);
    },

    getPublicPortalExtensionDetails(call) {
      const { org_id, origin } = call.parameters;
      return active({ org_id, origin });
    },

    getPublicPortalExtensionDetailsV3(call) {
      const { org_id, portal_id, domain } = call.parameters;
      return active({ org_id, portal_id, domain });
    },
  };
}
