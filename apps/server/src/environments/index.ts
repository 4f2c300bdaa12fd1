export {
  type EnvironmentPlatform,
  environmentOperations,
} from './environment-operations.ts';
export { resolveEnvironment } from './store.ts';
export type { ResolvedVariable } from './variable.ts';
