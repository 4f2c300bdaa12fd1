export { createIntegrations } from './create-integrations.ts';
export { createMonitoring, type Monitoring } from './create-monitoring.ts';
export { createOutbound, type Outbound } from './create-outbound.ts';
export { fileProxyOrigins } from './file-proxy/allowed-origins.ts';
export { fileProxyRoutes } from './file-proxy/download-route.ts';
export { tokenAccess } from './file-proxy/token-access.ts';
export { outboundPlanner } from './outbound/outbound-planner.ts';
export { AutoRefresh } from './syncing/auto-refresh.ts';
