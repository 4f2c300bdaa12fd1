export { OpenIdConnections, type ProviderClaims, type ProviderTokens } from './openid-connections.ts';
export type { OpenIdProvider } from './openid-provider.ts';
