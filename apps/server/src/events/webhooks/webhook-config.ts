import type { Auth, WebhookConfig as WireConfig } from '@epilot/sdk/webhooks';
import type { SecretBox } from '../../ports/index.ts';

/** A webhook's settings without credentials and secrets, as stored. */
export type WebhookDefinition = Omit<
  WireConfig,
  | 'id'
  | 'name'
  | 'eventName'
  | 'enabled'
  | 'auth'
  | 'creationTime'
  | 'updatedTime'
  | 'status'
  | 'signingSecret'
>;

/** A webhook of an organisation. Credentials and signing secret are sealed texts. */
export interface WebhookConfig {
  readonly id: string;
  readonly name: string;
  readonly eventName: string;
  readonly enabled: boolean;
  readonly definition: WebhookDefinition;
  readonly sealedAuth: string;
  readonly sealedSigningSecret: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const SIGNING_PURPOSE = 'webhook.signing';
const AUTH_PURPOSE = 'webhook.auth';

/** Seals the credentials of a webhook. */
export function sealAuth(secrets: SecretBox, org: string, auth: Auth): string {
  return secrets.seal(JSON.stringify(auth), { org, purpose: AUTH_PURPOSE });
}

/** Opens the credentials of a webhook. @throws SecretError */
export function openAuth(secrets: SecretBox, org: string, sealed: string): Auth {
  return JSON.parse(secrets.open(sealed, { org, purpose: AUTH_PURPOSE }));
}

/** Retries after the first attempt: the stored policy, by default three (erp-integration.md 10.3). */
export function retriesOf({ retryPolicy }: WebhookDefinition): number {
  if (retryPolicy?.enabled === false) return 0;
  return retryPolicy?.maxAttempts ?? 3;
}

/** What clients see. Passwords, keys and client secrets are left out unless they are references to environment variables. */
export function toWire(config: WebhookConfig, auth: Auth): WireConfig {
  return {
    ...config.definition,
    id: config.id,
    name: config.name,
    eventName: config.eventName,
    enabled: config.enabled,
    auth: withoutSecrets(auth),
    status: config.definition.url === undefined ? 'incomplete' : config.enabled ? 'active' : 'inactive',
    creationTime: config.createdAt.toISOString(),
    updatedTime: config.updatedAt.toISOString(),
  };
}

function withoutSecrets(auth: Auth): Auth {
  const { basicAuthConfig: basic, oauthConfig: oauth, apiKeyConfig: key } = auth;
  return {
    authType: auth.authType,
    ...(basic ? { basicAuthConfig: basic.passwordIsEnvVar ? basic : without(basic, 'password') } : {}),
    ...(oauth ? { oauthConfig: oauth.clientSecretIsEnvVar ? oauth : without(oauth, 'clientSecret') } : {}),
    ...(key ? { apiKeyConfig: key.keyValueIsEnvVar ? key : without(key, 'keyValue') } : {}),
  };
}

function without<Value extends object, Name extends keyof Value>(
  value: Value,
  name: Name,
): Omit<Value, Name> {
  const { [name]: _left, ...rest } = value;
  return rest;
}

/** Credentials after an update: an absent secret is kept, null clears it (contract, `BasicAuthConfig.password`). */
export function mergeAuth(before: Auth, update: Auth | undefined): Auth {
  if (!update) return before;
  const { basicAuthConfig: basic, oauthConfig: oauth, apiKeyConfig: key } = update;
  return {
    authType: update.authType,
    ...(basic ? { basicAuthConfig: { ...keep(before.basicAuthConfig, 'password'), ...basic } } : {}),
    ...(oauth ? { oauthConfig: { ...keep(before.oauthConfig, 'clientSecret'), ...oauth } } : {}),
    ...(key ? { apiKeyConfig: { ...keep(before.apiKeyConfig, 'keyValue'), ...key } } : {}),
  };
}

function keep<Value extends object, Name extends keyof Value>(
  value: Value | undefined,
  name: Name,
): Partial<Pick<Value, Name>> {
  const result: Partial<Pick<Value, Name>> = {};
  if (value && name in value) result[name] = value[name];
  return result;
}
