export { extensionOperations } from './extensions/extension-operations.ts';
export { installedExtensions } from './extensions/extension-store.ts';
export { extensionRegistryRoutes } from './extensions/registry-routes.ts';
export type { HooksPlatform } from './hooks-platform.ts';
