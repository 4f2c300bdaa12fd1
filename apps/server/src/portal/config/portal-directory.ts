import { type PortalDirectory, type PortalRecord, storedPortalDirectory } from '../../identity/index.ts';
import type { Database } from '../../storage/index.ts';
import type { Portal } from './portal.ts';
import type { Portals } from './portals.ts';

/** How identity finds portals: through the configuration's own lookups. Portal users are entities, which identity reads itself. */
export function portalDirectory(database: Database, portals: Portals): PortalDirectory {
  const { portalUser, portalUserByEmail } = storedPortalDirectory(database);
  return {
    portal: async (portalId) => recordOf(await portals.find(portalId)),
    portalAt: async (pointer) => recordOf(await portals.at(pointer)),
    portalByDomain: async (domain) => recordOf(await portals.findByDomain(domain)),
    portalByOrigin: async (org, origin) => recordOf(await portals.findByOrigin(org, origin)),
    portalUser,
    portalUserByEmail,
  };
}

function recordOf(portal: Portal | undefined): PortalRecord | undefined {
  if (!portal) return undefined;
  const { org, portalId, origin, enabled, domains, config } = portal;
  return { org, portalId, origin, enabled, domains, config };
}
