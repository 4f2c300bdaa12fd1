export { configOperations } from './config-operations.ts';
export type { ConfigPlatform } from './config-platform.ts';
export type { ExtensionCatalogue } from './extension-options.ts';
export type { Portal } from './portal.ts';
export { portalDirectory } from './portal-directory.ts';
export { PortalRights } from './portal-grants.ts';
export type { PortalPages } from './portal-pages.ts';
export { allowedSchemas } from './portal-role.ts';
export { type Caller, type PortalQuestion, Portals } from './portals.ts';
