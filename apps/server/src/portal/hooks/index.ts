export { dataOperations } from './data/data-operations.ts';
export { linkOperations } from './data/link-operations.ts';
export { HookEngine } from './engine/hook-engine.ts';
export { extensionOperations } from './extensions/extension-operations.ts';
export { installedExtensions } from './extensions/extension-store.ts';
export { extensionRegistryRoutes } from './extensions/registry-routes.ts';
export type { HooksPlatform } from './hooks-platform.ts';
