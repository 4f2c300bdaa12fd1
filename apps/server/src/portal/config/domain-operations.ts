import type { Operations } from '../../contract/operation-types.ts';
import type { Call } from '../../http/call.ts';
import { invalid } from '../../refusal.ts';
import { ownDomain } from './certificates.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { PortalRights } from './portal-grants.ts';
import type { PortalQuestion } from './portals.ts';

/** A portal's own domain: name service, certificate, and its place at the edge (portal §3.11). */
export function domainOperations(platform: ConfigPlatform): Operations<'customer-portal'> {
  const { identity, portals, certificates } = platform;

  const portalToEdit = async (call: Call<unknown>, question: PortalQuestion) => {
    const rights = await PortalRights.of(identity.access, call.principal);
    if (question.origin) rights.require(question.origin, 'edit');
    else rights.requireAny('edit');
    const portal = await portals.of(call, question);
    rights.require(portal.origin, 'edit');
    return portal;
  };

  const configure = async (call: Call<unknown>, question: PortalQuestion) => {
    const portal = await portalToEdit(call, question);
    const domain = ownDomain(portal);
    if (domain === undefined) {
      throw invalid({ path: 'domain', message: 'the portal has no domain of its own' }, 'NO_CUSTOM_DOMAIN');
    }
    await certificates.order(portal, domain);
    return { domainName: certificates.edgeHost };
  };

  return {
    async validateCaaRecords(call) {
      return certificates.check(await portalToEdit(call, { origin: call.parameters.origin }));
    },
    async validateCaaRecordsV3(call) {
      return certificates.check(await portalToEdit(call, { portal_id: call.parameters.portal_id }));
    },
    async verifyDns(call) {
      const portal = await portalToEdit(call, { portal_id: call.parameters.portal_id });
      const { isDNSConfigured, message } = await certificates.check(portal);
      return { domain_status: isDNSConfigured ? 'SUCCEED' : 'PENDING', message };
    },
    configureDistribution: (call) => configure(call, { origin: call.parameters.origin }),
    configureDistributionV3: (call) => configure(call, { portal_id: call.parameters.portal_id }),
  };
}
