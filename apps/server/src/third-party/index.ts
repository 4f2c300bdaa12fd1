export { askThirdParty, type ThirdPartyAnswer, upstreamRefusal } from './ask-third-party.ts';
export { AuthCache } from './auth-cache.ts';
export { configuredVariables } from './configured-variables.ts';
export { renderText, renderUrl, renderValue, type Variables, valueAt } from './interpolate.ts';
export { isSecureUrl } from './secure-url.ts';
