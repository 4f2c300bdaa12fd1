export {
  type EnvironmentPlatform,
  environmentOperations,
  type GrantCheck,
} from './environment-operations.ts';
export { resolveEnvironment } from './store.ts';
export type { ResolvedVariable } from './variable.ts';
