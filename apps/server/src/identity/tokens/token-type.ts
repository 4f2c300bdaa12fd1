import type { KeySet } from '../keys/key-set.ts';

/** Token types we issue (identity §3.1). `contact_identification` belongs to an operation that is not served, so none is ever issued. */
export type TokenType = 'api' | 'app' | 'assume' | 'journey' | 'portal' | 'portal_preview';

interface TokenTypeRules {
  /** Which keys sign it. */
  readonly keySet: KeySet;
  /** Below `<base>/v1/access-tokens`. */
  readonly issuerPath: '' | '/public' | '/portal-preview';
  /** Kept in the database: listed and revocable. */
  readonly stored: boolean;
  /** Made by the system for an app, a journey or a portal: absent from lists unless asked for. */
  readonly system: boolean;
  /** Longest life in seconds; without a choice of the caller's, stored types do not expire. */
  readonly longest: number;
}

const DAY = 86_400;
const SESSION = 3_600;

/** What sets the types apart. */
export const TOKEN_TYPES: Readonly<Record<TokenType, TokenTypeRules>> = {
  api: { keySet: 'access', issuerPath: '', stored: true, system: false, longest: 365 * DAY },
  app: { keySet: 'access', issuerPath: '', stored: true, system: true, longest: 7 * DAY },
  assume: { keySet: 'access', issuerPath: '', stored: false, system: false, longest: SESSION },
  journey: { keySet: 'public', issuerPath: '/public', stored: true, system: true, longest: 7 * DAY },
  portal: { keySet: 'public', issuerPath: '/public', stored: true, system: true, longest: 7 * DAY },
  portal_preview: {
    keySet: 'portal-preview',
    issuerPath: '/portal-preview',
    stored: false,
    system: true,
    longest: SESSION,
  },
};

/** Whether a text names a type we issue. */
export function isTokenType(value: unknown): value is TokenType {
  return typeof value === 'string' && Object.hasOwn(TOKEN_TYPES, value);
}

/** The issuer of a type's tokens: `<base>/v1/access-tokens`, `…/public` or `…/portal-preview`. */
export function issuerOf(baseUrl: string, type: TokenType): string {
  return `${baseUrl}/v1/access-tokens${TOKEN_TYPES[type].issuerPath}`;
}
