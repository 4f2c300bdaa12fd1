import type { StaffSignInSettings } from '../identity/index.ts';
import { type Settings, SettingsError } from '../settings.ts';

/** How the installation's staff sign in (identity §2.2). Throws `SettingsError` for a provider that does not know us. */
export function staffSignIn(settings: Settings): StaffSignInSettings {
  const { staffOidcIssuer: issuer, staffOidcClientId, staffRedirectUris: redirectUris } = settings;
  if (!issuer) return { provider: undefined, redirectUris };
  if (!staffOidcClientId)
    throw new SettingsError(['BUSBAR_STAFF_OIDC_ISSUER needs BUSBAR_STAFF_OIDC_CLIENT_ID']);
  const provider = {
    issuer,
    clientIds: [staffOidcClientId],
    clientSecret: settings.staffOidcClientSecret,
    tokenEndpoint: undefined,
  };
  return { provider, redirectUris };
}
