import type { JsonObject } from '../../contract/json-object.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { withDefaults } from './config-defaults.ts';
import { NEVER_SWAPPED } from './config-fields.ts';
import type { ConfigPlatform } from './config-platform.ts';
import type { StoredPortal } from './portal.ts';
import { allowedSchemas, syncPortalRole } from './portal-role.ts';
import { writePortal } from './portal-store.ts';

/**
 * Exchanges the pages and the functional configuration of two portals (portal §3.12); with `emailTemplates` also the template maps. Names, users,
 * sign-in, providers, secrets and whether a portal is on stay where they are.
 */
export async function swapPortals(
  tx: TenantTransaction,
  platform: ConfigPlatform,
  pair: readonly [StoredPortal, StoredPortal],
  options: { readonly emailTemplates: boolean; readonly savedBy: string },
): Promise<void> {
  const [one, other] = pair;
  const isStaying = (field: string) =>
    NEVER_SWAPPED.has(field) && !(options.emailTemplates && field === 'email_templates');
  await save(tx, platform, one, other, isStaying, options.savedBy);
  await save(tx, platform, other, one, isStaying, options.savedBy);
  await platform.pages.swap(tx, one.portalId, other.portalId);
}

async function save(
  tx: TenantTransaction,
  { identity, clock }: ConfigPlatform,
  portal: StoredPortal,
  from: StoredPortal,
  isStaying: (field: string) => boolean,
  savedBy: string,
): Promise<void> {
  const saved: JsonObject = {
    ...pick(from.saved, (field) => !isStaying(field)),
    ...pick(portal.saved, isStaying),
  };
  const { portalId, origin, enabled } = portal;
  const { accessToken } = portal.secrets;
  const { extensionOptions } = from.secrets;
  const secrets = {
    ...(accessToken === undefined ? {} : { accessToken }),
    ...(extensionOptions === undefined ? {} : { extensionOptions }),
  };
  await writePortal(tx, { portalId, origin, enabled, saved, secrets }, savedBy, clock.now());
  const after = allowedSchemas({ config: withDefaults(saved) });
  await syncPortalRole(tx, identity.organisations, portalId, allowedSchemas(portal), after);
}

function pick(config: JsonObject, isPicked: (field: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([field]) => isPicked(field)));
}
