import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { ADMIN_FIELDS } from './config-fields.ts';
import type { PortalHosts } from './portal-hosts.ts';
import { writablePoolSettings } from './user-pool.ts';

/** Fields that a save computes itself. */
const COMPUTED: ReadonlySet<string> = new Set(['domain', 'epilot_domain', 'is_epilot_domain']);

/**
 * The configuration after a save (portal §3.1): fields that are sent replace, fields that are absent keep their value, read-only and unknown
 * ones are ignored. Option values of extensions are no part of it, they are sealed elsewhere.
 */
export function mergeConfig(before: JsonObject, sent: JsonObject, hosts: PortalHosts): JsonObject {
  const merged: JsonObject = { ...before };
  for (const field of ADMIN_FIELDS) {
    if (!COMPUTED.has(field) && sent[field] !== undefined) merged[field] = sent[field];
  }
  if (sent['extensions'] !== undefined) merged['extensions'] = withoutOptions(sent['extensions']);
  if (sent['cognito_details'] !== undefined) {
    merged['cognito_details'] = writablePoolSettings(sent['cognito_details']);
  }
  if (sent['feature_settings'] !== undefined) {
    const { mcp_grant_version: _readOnly, ...features } = asObject(sent['feature_settings']);
    merged['feature_settings'] = features;
  }
  return {
    ...merged,
    ...signInModes(merged, sent),
    domain: hosts.domain,
    epilot_domain: hosts.epilotDomain,
    is_epilot_domain: hosts.isEpilotDomain,
  };
}

/**
 * Passwordless login and the second factor exclude each other: switching one on switches the other off (portal §1.5). Of a request that
 * switches on both, as the documented one does, the second factor stays.
 */
function signInModes(merged: JsonObject, sent: JsonObject): JsonObject {
  const settings = asObject(merged['auth_settings']);
  if (asObject(sent['advanced_mfa'])['enabled'] === true) {
    const passwordless = { ...asObject(settings['passwordless_login']), enabled: false };
    return { auth_settings: { ...settings, passwordless_login: passwordless } };
  }
  const isPasswordless = asObject(asObject(sent['auth_settings'])['passwordless_login'])['enabled'] === true;
  return isPasswordless ? { advanced_mfa: { ...asObject(merged['advanced_mfa']), enabled: false } } : {};
}

function withoutOptions(extensions: unknown): JsonObject[] {
  return (Array.isArray(extensions) ? extensions : []).map((extension: unknown) => {
    const { options: _sealedElsewhere, ...rest } = asObject(extension);
    return { status: 'installed', ...rest };
  });
}
