export { createIntegrations, type Integrations } from './create-integrations.ts';
export type { IntegrationPlatform } from './platform.ts';
