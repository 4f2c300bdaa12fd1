import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { poolIdOf, readSignInSettings } from '../../identity/index.ts';
import type { Audience } from './config-fields.ts';
import type { Portal } from './portal.ts';

/** The part of `cognito_details` that administrators set; ids are the server's own (portal §3.2). */
export function writablePoolSettings(value: unknown): JsonObject {
  const { timeouts, advanced_authentication, password_policy } = asObject(value);
  return Object.fromEntries(
    Object.entries({ timeouts, advanced_authentication, password_policy }).filter(
      ([, member]) => member !== undefined,
    ),
  );
}

/**
 * `cognito_details` as an audience sees them (portal §2.4): client id, pool id and password rules for all; ARN, lifetimes (minutes) and
 * authentication extras for administrators. The client id is our OAuth client, the pool id names the portal.
 */
export function poolDetails(portal: Portal, audience: Audience): JsonObject {
  const settings = readSignInSettings(portal.portalId, portal.config);
  const policy = settings.passwordPolicy;
  const poolId = poolIdOf(portal.portalId);
  const details = {
    cognito_user_pool_client_id: settings.clientId,
    cognito_user_pool_id: poolId,
    password_policy: {
      minimum_length: policy.minimumLength,
      maximum_length: policy.maximumLength,
      require_lowercase: policy.requireLowercase,
      require_uppercase: policy.requireUppercase,
      require_numbers: policy.requireNumbers,
      require_symbols: policy.requireSymbols,
      password_history_size: policy.historySize,
    },
  };
  if (audience !== 'admin') return details;
  return {
    ...details,
    cognito_user_pool_arn: `arn:busbar:idp:::userpool/${poolId}`,
    timeouts: {
      access_token: settings.accessMinutes,
      id_token: settings.idMinutes,
      refresh_token: settings.refreshMinutes,
    },
    advanced_authentication: asObject(asObject(portal.config['cognito_details'])['advanced_authentication']),
  };
}
