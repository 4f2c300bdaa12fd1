export {
  type EnvironmentPlatform,
  environmentOperations,
} from './environment-operations.ts';
export { listVariables, resolveEnvironment } from './store.ts';
export type { ResolvedVariable } from './variable.ts';
