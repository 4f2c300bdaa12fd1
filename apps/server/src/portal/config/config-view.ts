import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Grant } from '../../identity/index.ts';
import {
  ADMIN_FIELDS,
  BRANDING_FIELDS,
  PUBLIC_FIELDS,
  USER_FIELDS,
  V3_ONLY_FIELDS,
} from './config-fields.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { extensionsForAdmin, openExtensionOptions } from './extension-options.ts';
import { withoutSeamlessLinks } from './external-link-redaction.ts';
import { providerForAdmin, providerForPublic } from './identity-providers.ts';
import type { Portal, StoredPortal } from './portal.ts';
import { ACCESS_TOKEN_PURPOSE } from './save-portal.ts';
import { poolDetails } from './user-pool.ts';
import { readViewRecords, type ViewRecords } from './view-records.ts';

/** The two shapes of a configuration (contract `PortalConfig` and `PortalConfigV3`); some operations by portal id answer the older one. */
export type Generation = 'v2' | 'v3';

/** Features that this server has, as clients ask for them (portal §3.2). */
const OWN_FEATURES = [
  'approvalState',
  'dynamicTariff',
  'externalLinksIcons',
  'journeyTriggers',
  'portalSSO',
  'templateVariables',
  'entitySelection',
] as const;
const FLAG_PREFIX = 'portal_ff_';

/** The configuration as anybody may see it; of a portal that is switched off, only what a maintenance page needs (portal §2.4). */
export async function publicView(
  platform: ConfigPlatform,
  portal: Portal,
  generation: Generation,
): Promise<JsonObject> {
  if (!portal.enabled) return frame(portal, BRANDING_FIELDS, generation);
  const { settings, providers } = await readViewRecords(platform.database.tenant(portal.org), portal);
  return {
    ...frame(portal, PUBLIC_FIELDS, generation),
    ...organisationPart(settings),
    ...openToAll(portal),
    identity_providers: providers.map(providerForPublic),
  };
}

/** The configuration as a signed-in portal user sees it. `pages` are those the user may see. */
export function userView(
  portal: Portal,
  records: ViewRecords,
  generation: Generation,
  pages: readonly JsonObject[],
): JsonObject {
  return {
    ...frame(portal, USER_FIELDS, generation),
    ...organisationPart(records.settings),
    ...openToAll(portal),
    identity_providers: records.providers.map(providerForPublic),
    grants: grantsToWire(records.grants),
    pages: pagesIn(generation, pages),
  };
}

/** The configuration as administrators see it: everything but secrets. `pages` are the stored ones. */
export async function adminView(
  platform: ConfigPlatform,
  portal: StoredPortal,
  generation: Generation,
  pages: readonly JsonObject[],
): Promise<JsonObject> {
  const { secrets, extensions } = platform;
  const queries = platform.database.tenant(portal.org);
  const records = await readViewRecords(queries, portal);
  const view: JsonObject = {
    ...frame(portal, ADMIN_FIELDS, generation),
    ...organisationPart(records.settings),
    cognito_details: poolDetails(portal, 'admin'),
    identity_providers: records.providers.map((stored) => providerForAdmin(secrets, portal.org, stored)),
    grants: grantsToWire(records.grants),
    pages: pagesIn(generation, pages),
  };
  if (portal.secrets.accessToken !== undefined) {
    const context = { org: portal.org, purpose: ACCESS_TOKEN_PURPOSE };
    view['accessToken'] = secrets.open(portal.secrets.accessToken, context);
  }
  if (generation === 'v3') {
    const options = openExtensionOptions(secrets, portal.org, portal.secrets.extensionOptions);
    const openOptions = await extensions.openOptions(queries);
    view['extensions'] = extensionsForAdmin(portal.config['extensions'], options, openOptions);
  }
  return view;
}

/** The listed fields and what identifies the portal. */
function frame(portal: Portal, fields: readonly string[], generation: Generation): JsonObject {
  const listed = fields
    .filter((field) => portal.config[field] !== undefined)
    .filter((field) => generation === 'v3' || !V3_ONLY_FIELDS.has(field))
    .map((field) => [field, portal.config[field]]);
  return {
    ...Object.fromEntries(listed),
    enabled: portal.enabled,
    portal_id: portal.portalId,
    origin: portal.origin,
    organization_id: portal.org,
    ...(generation === 'v2' ? { id: portal.org } : {}),
    is_v3_item: true,
    portal_sk_v3: `PORTAL_CONFIG#${portal.portalId}`,
  };
}

/** What users and the public see of fields that hold more than is theirs. */
function openToAll(portal: Portal): JsonObject {
  const features = Object.entries(asObject(portal.config['feature_settings']));
  return {
    config: withoutSeamlessLinks(portal.config['config']),
    cognito_details: poolDetails(portal, 'public'),
    feature_settings: Object.fromEntries(features.filter(([name]) => !name.startsWith('mcp_'))),
  };
}

function organisationPart(settings: JsonObject): JsonObject {
  const isOn = (key: string) => settings[key] === true || asObject(settings[key])['enabled'] === true;
  const flags = Object.keys(settings)
    .filter((key) => key.startsWith(FLAG_PREFIX))
    .map((key) => [key.slice(FLAG_PREFIX.length), isOn(key)]);
  return {
    org_settings: { canary: { enabled: isOn('canary') }, notracking: { enabled: isOn('notracking') } },
    feature_flags: {
      ...Object.fromEntries(OWN_FEATURES.map((feature) => [feature, true])),
      ...Object.fromEntries(flags),
    },
  };
}

/** The grants of the portal's users, so that clients can hide what is forbidden (portal §5.2). */
function grantsToWire(grants: readonly Grant[]): JsonObject[] {
  return grants.map(({ action, resource, effect }) => ({
    action,
    resource: resource ?? '*',
    effect: effect ?? 'allow',
  }));
}

/** A list in the third generation, an object by page id in the second (portal §3.1). */
function pagesIn(generation: Generation, pages: readonly JsonObject[]): unknown {
  return generation === 'v3' ? pages : Object.fromEntries(pages.map((page) => [String(page['id']), page]));
}
