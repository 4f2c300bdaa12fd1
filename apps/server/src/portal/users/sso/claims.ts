import { type Document, isDocument } from '../../../entities/index.ts';
import type { ProviderClaims } from '../../../openid/index.ts';
import type { Provider } from './providers.ts';

/** What a provider says about a person, in the portal's own terms. */
export interface ProvidedPerson {
  /** Lower case. */
  readonly email: string | undefined;
  /** False only when the provider says that it did not check the address. */
  readonly isEmailVerified: boolean;
  /** Attributes of a new contact besides the address. */
  readonly contact: Document;
  readonly account: Document;
  /** `access_status` and `expires_at` where they are mapped. */
  readonly user: Document;
}

/** Reads a value at a claim path: a member, or a dotted path with an optional `$.` before it. A claim whose name has dots is found as it is. */
export function claimAt(claims: Document, path: string): unknown {
  const plain = path.replace(/^\$\.?/, '');
  if (Object.hasOwn(claims, plain)) return claims[plain];
  return plain
    .split('.')
    .reduce<unknown>(
      (at, step) => (isDocument(at) && Object.hasOwn(at, step) ? at[step] : undefined),
      claims,
    );
}

/** Applies a provider's attribute mappings to verified claims (contract schema `AttributeMappingConfig`). */
export function providedPerson({ attributeMappings }: Provider, claims: ProviderClaims): ProvidedPerson {
  const { email, ...contact } = mapped(attributeMappings['contact'], claims);
  const address = typeof email === 'string' ? email : claimAt(claims, 'email');
  const { phone, ...others } = contact;
  return {
    email: typeof address === 'string' && address.includes('@') ? address.trim().toLowerCase() : undefined,
    isEmailVerified: claims['email_verified'] !== false && claims['email_verified'] !== 'false',
    contact: { ...others, ...(phone === undefined ? {} : { phone: [{ phone: String(phone) }] }) },
    account: accountFrom(mapped(attributeMappings['account'], claims)),
    user: accessOf(mapped(attributeMappings['portal_user'], claims)),
  };
}

/** The attributes of a matching rule with their claimed values; undefined when a claim is missing, so that nothing matches by accident. */
export function matchingValues(
  rule: unknown,
  claims: Document,
): Readonly<Record<string, string>> | undefined {
  if (!isDocument(rule)) return undefined;
  const entries = Object.entries(rule).map(
    ([attribute, path]) => [attribute, claimAt(claims, String(path))] as const,
  );
  if (entries.length === 0) return undefined;
  const values = entries.map(([attribute, value]) => [attribute, asText(value)] as const);
  if (values.some(([, value]) => value === '')) return undefined;
  return Object.fromEntries(values);
}

function mapped(mapping: unknown, claims: Document): Record<string, unknown> {
  const entries = Object.entries(isDocument(mapping) ? mapping : {}).map(
    ([attribute, path]) => [attribute, claimAt(claims, String(path))] as const,
  );
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}

function accountFrom({
  street,
  house_number,
  postal_code,
  city,
  ...others
}: Record<string, unknown>): Document {
  const address = { street, street_number: house_number, postal_code, city };
  const parts = Object.entries(address).filter(([, value]) => value !== undefined);
  return parts.length === 0 ? others : { ...others, address: [Object.fromEntries(parts)] };
}

function accessOf({ access_status, expires_at }: Record<string, unknown>): Document {
  return {
    ...(access_status === undefined ? {} : { access_status: isTrue(access_status) }),
    ...(typeof expires_at === 'string' ? { expires_at } : {}),
  };
}

function isTrue(value: unknown): boolean {
  return (
    value === true || value === 1 || (typeof value === 'string' && /^(?:true|1|yes|active)$/i.test(value))
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
