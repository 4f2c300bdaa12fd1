import type { Operations } from '../contract/operation-types.ts';
import type { EntityGraph } from '../entities/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Clock, SecretBox } from '../ports/index.ts';
import type { Settings } from '../settings.ts';
import type { Database } from '../storage/index.ts';
import {
  type ConfigPlatform,
  configOperations,
  type ExtensionCatalogue,
  type PortalPages,
  type Portals,
} from './config/index.ts';

export { Portals, portalDirectory } from './config/index.ts';

/** What the Portal API stands on. */
export interface PortalPlatform {
  readonly settings: Pick<Settings, 'portalBaseDomain'>;
  readonly database: Database;
  readonly ports: { readonly clock: Clock; readonly secrets: SecretBox };
  /** Public URL of the server without a slash at the end. */
  readonly baseUrl: string;
  readonly identity: Identity;
  readonly entities: EntityGraph;
  readonly portals: Portals;
}

/** The operations of the Portal API, one set per part. */
export function portalOperations(platform: PortalPlatform): Operations<'customer-portal'>[] {
  const { settings, database, ports, baseUrl, identity, entities, portals } = platform;
  const config: ConfigPlatform = {
    ...{ database, identity, entities, portals },
    clock: ports.clock,
    secrets: ports.secrets,
    pages: noPages,
    extensions: noExtensions,
    hosts: {
      baseDomain: settings.portalBaseDomain,
      reserved: new Set([new URL(baseUrl).hostname]),
    },
  };
  return [configOperations(config)];
}

/** Portals without pages: what the configuration sees where the part that owns pages is not composed in. */
const noPages: PortalPages = {
  list: async () => [],
  visibleTo: async () => [],
  upsert: async () => undefined,
  createDefaults: async () => undefined,
  syncDetailPages: async () => undefined,
  swap: async () => undefined,
  removeAll: async () => undefined,
};

/** Portals without extensions. */
const noExtensions: ExtensionCatalogue = { secretOptions: async () => new Map() };
