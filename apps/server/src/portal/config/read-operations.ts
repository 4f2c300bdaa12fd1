import type { JsonObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import type { Call } from '../../http/call.ts';
import { invalid, notFound } from '../../refusal.ts';
import type { Sql } from '../../storage/index.ts';
import { readCertificate } from './certificate-store.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { adminView, type Generation, publicView, userView } from './config-view.ts';
import { PortalContents } from './portal-contents.ts';
import { PortalRights } from './portal-grants.ts';
import { listPortals, readPortal, whereId, whereOrigin } from './portal-store.ts';
import { WrittenViews } from './written-views.ts';

/** Reading configurations, each audience its own part (portal §2.4, §3.1). */
export function configReadOperations(platform: ConfigPlatform): Operations<'customer-portal'> {
  const { identity, portals, pages } = platform;
  const contents = new PortalContents(pages);
  const written = new WrittenViews();

  const forAdmin = async (call: Call<unknown>, condition: Sql, generation: Generation, origin?: string) => {
    const rights = await PortalRights.of(identity.access, call.principal);
    if (origin === undefined) rights.requireAny('view');
    else rights.require(origin, 'view');
    const portal = await readPortal(call.tenant, condition);
    if (!portal) throw notFound('The portal', 'PORTAL_NOT_FOUND');
    rights.require(portal.origin, 'view');
    return adminView(platform, portal, generation, await pages.list(call.tenant, portal.portalId));
  };

  const withCertificate = async (call: Call<unknown>, view: JsonObject): Promise<JsonObject> => {
    const certificate = await readCertificate(call.tenant, String(view['portal_id']));
    if (!certificate) return view;
    const { status, failedReason } = certificate;
    const details = { status, ...(failedReason === undefined ? {} : { failed_reason: failedReason }) };
    return { ...view, certificate_details: details };
  };

  const forUser = async (call: Call<unknown>, generation: Generation, portalId?: string) => {
    const portal = await portals.of(call, { portal_id: portalId });
    const { records, pages: stored } = await contents.of(call.tenant, portal);
    const seen = await pages.visibleTo(call, portal, stored);
    return written.of(seen, { portal, generation }, () => userView(portal, records, generation, seen));
  };

  const all = async (call: Call<unknown>, generation: Generation) => {
    const rights = await PortalRights.of(identity.access, call.principal);
    rights.requireAny('view');
    const data: JsonObject[] = [];
    for (const portal of await listPortals(call.tenant)) {
      if (!rights.allows(portal.origin, 'view')) continue;
      const stored = await pages.list(call.tenant, portal.portalId);
      data.push(await adminView(platform, portal, generation, stored));
    }
    return { data };
  };

  return {
    async getPortalConfig(call) {
      if (call.principal.kind === 'portal_user') return forUser(call, 'v2');
      const { origin } = call.parameters;
      if (!origin) throw invalid({ path: 'query.origin', message: 'is required' });
      return forAdmin(call, whereOrigin(call.tenant.org, origin), 'v2', origin);
    },

    async getPortalConfigV3(call) {
      const portalId = call.parameters.portal_id;
      if (call.principal.kind === 'portal_user') return forUser(call, 'v3', portalId);
      return forAdmin(call, whereId(portalId), 'v3');
    },

    async getOrgPortalConfig(call) {
      const { origin } = call.parameters;
      return withCertificate(call, await forAdmin(call, whereOrigin(call.tenant.org, origin), 'v2', origin));
    },

    async getOrgPortalConfigV3(call) {
      return withCertificate(call, await forAdmin(call, whereId(call.parameters.portal_id), 'v2'));
    },

    getAllPortalConfigs: (call) => all(call, 'v2'),

    listAllPortalConfigs: (call) => all(call, 'v3'),

    async getPortalConfigByDomain(call) {
      return publicView(platform, await portals.ofPublic({ domain: call.parameters.domain }), 'v2');
    },

    async getPublicPortalConfig(call) {
      const { org_id, origin } = call.parameters;
      return publicView(platform, await portals.ofPublic({ org_id, origin }), 'v2');
    },

    async getPublicPortalConfigV3(call) {
      const { org_id, portal_id } = call.parameters;
      return publicView(platform, await portals.ofPublic({ org_id, portal_id }), 'v2');
    },
  };
}
