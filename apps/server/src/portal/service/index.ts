export { serviceOperations } from './service-operations.ts';
export type { ServicePlatform } from './service-platform.ts';
