import { asObject, textOf, textsOf } from '../json-reading.ts';

/** Rules for passwords (portal §1.6). Lengths in code points. */
export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly maximumLength: number;
  readonly requireLowercase: boolean;
  readonly requireUppercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
  /** How many former passwords are refused; 0 = none. */
  readonly historySize: number;
}

/** What a portal's configuration says about signing in. Lifetimes in minutes (portal §1.5). */
export interface SignInSettings {
  readonly name: string;
  readonly clientId: string;
  readonly passwordless: boolean;
  readonly secondFactor: boolean;
  readonly preventEnumeration: boolean;
  readonly accessMinutes: number;
  readonly idMinutes: number;
  readonly refreshMinutes: number;
  readonly passwordPolicy: PasswordPolicy;
  /** Language of mails when the user has none. */
  readonly language: string;
}

/** Reads the settings from a portal's configuration; what is missing or out of range gets the defaults of portal §1.5 and §1.6. */
export function readSignInSettings(portalId: string, config: unknown): SignInSettings {
  const raw = asObject(config);
  const pool = asObject(raw['cognito_details']);
  const timeouts = asObject(pool['timeouts']);
  const auth = asObject(raw['auth_settings']);
  return {
    name: textOf(raw['name']) ?? 'Portal',
    clientId: textOf(pool['cognito_user_pool_client_id']) ?? portalId,
    passwordless: asObject(auth['passwordless_login'])['enabled'] === true,
    secondFactor: asObject(raw['advanced_mfa'])['enabled'] === true,
    preventEnumeration: auth['prevent_user_enumeration'] === true,
    accessMinutes: within(timeouts['access_token'], 5, 1_440, 60),
    idMinutes: within(timeouts['id_token'], 5, 1_440, 60),
    refreshMinutes: within(timeouts['refresh_token'], 60, 5_256_000, 43_200),
    passwordPolicy: readPolicy(pool['password_policy']),
    language: firstLanguage(raw['config']) ?? 'de',
  };
}

function readPolicy(value: unknown): PasswordPolicy {
  const raw = asObject(value);
  return {
    minimumLength: within(raw['minimum_length'], 6, 99, 8),
    maximumLength: within(raw['maximum_length'], 6, 256, 256),
    requireLowercase: raw['require_lowercase'] !== false,
    requireUppercase: raw['require_uppercase'] !== false,
    requireNumbers: raw['require_numbers'] !== false,
    requireSymbols: raw['require_symbols'] !== false,
    historySize: within(raw['password_history_size'], 0, 24, 0),
  };
}

function within(value: unknown, least: number, most: number, fallback: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return fallback;
  return Math.min(most, Math.max(least, Math.trunc(value)));
}

/** The first of `available_languages` in the portal's UI settings, which are stored as JSON text or as an object. */
function firstLanguage(config: unknown): string | undefined {
  return textsOf(asObject(typeof config === 'string' ? parsed(config) : config)['available_languages'])[0];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Unreadable UI settings are refused when they are written; here they only mean the default language.
    return undefined;
  }
}
