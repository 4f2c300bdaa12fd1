import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { SecretBox } from '../../ports/index.ts';
import {
  json,
  rowVersions,
  type Sql,
  sql,
  type TenantQueries,
  type TenantTransaction,
} from '../../storage/index.ts';
import { isEnvironmentReference } from './extension-options.ts';
import { hostLabel } from './host-name.ts';

/** An identity provider of an origin, without its secrets (contract `ProviderConfig`). */
export interface StoredProvider {
  readonly slug: string;
  readonly displayName: string;
  readonly provider: JsonObject;
  /** Secret values by their place, such as `oidc_config.client_secret`, sealed as one text. */
  readonly sealed: string | undefined;
}

/** An element of `providersOf`. */
export interface ProviderRow {
  readonly slug: string;
  readonly provider: unknown;
  readonly secrets: string | null;
}

const PURPOSE = 'portal.identity_provider';
/** Where a provider's secrets stand, as paths. */
const SECRET_PLACES = [
  ['oidc_config', 'client_secret'],
  ['mobile_oidc_config', 'client_secret'],
  ['oidc_config', 'metadata', 'test_auth_username'],
  ['oidc_config', 'metadata', 'test_auth_password'],
] as const;

/** The providers of an origin, in their order. All portals of the origin share them (portal §2.3). */
export async function listProviders(queries: TenantQueries, origin: string): Promise<StoredProvider[]> {
  const row = await queries.first<{ providers: readonly ProviderRow[] }>(
    sql`select (${providersOf(queries.org, origin)}) as providers`,
  );
  return (row?.providers ?? []).map(providerFromRow);
}

/** The providers of an origin as one JSON value, for statements that read more than them; `providerFromRow` reads its elements. */
export function providersOf(org: string, origin: string): Sql {
  return sql`
    select coalesce(jsonb_agg(jsonb_build_object('slug', slug, 'provider', provider, 'secrets', secrets) order by position, slug), '[]')
      from portal_identity_provider where org_id = ${org} and origin = ${origin}`;
}

/** A subselect of one text that differs whenever the providers of an origin have changed. */
export function providerVersions(org: string, origin: string): Sql {
  return rowVersions('portal_identity_provider', sql`t.org_id = ${org} and t.origin = ${origin}`);
}

/** Turns an element of `providersOf` into a provider. */
export function providerFromRow(row: ProviderRow): StoredProvider {
  const provider = asObject(row.provider);
  return {
    slug: row.slug,
    displayName: String(provider['display_name'] ?? row.slug),
    provider,
    sealed: row.secrets ?? undefined,
  };
}

/** A provider with its secrets in place, for the code that talks to it. Environment references are not resolved here. */
export function openProvider(secrets: SecretBox, org: string, stored: StoredProvider): JsonObject {
  let provider = stored.provider;
  for (const [place, value] of Object.entries(openSecrets(secrets, org, stored.sealed))) {
    provider = withMember(provider, place.split('.'), value);
  }
  return provider;
}

/**
 * Replaces the providers of an origin. One that is sent without a secret keeps the stored one of the same slug, an empty secret is cleared
 * (portal §2.4). Providers without a slug get one from their display name.
 */
export async function replaceProviders(
  tx: TenantTransaction,
  secrets: SecretBox,
  origin: string,
  sent: readonly unknown[],
): Promise<void> {
  const before = new Map((await listProviders(tx, origin)).map((stored) => [stored.slug, stored]));
  await tx.run(sql`delete from portal_identity_provider where org_id = ${tx.org} and origin = ${origin}`);
  for (const [position, item] of sent.entries()) {
    const slug = providerSlug(item);
    const { provider, sealed } = splitSecrets(secrets, tx.org, asObject(item), before.get(slug));
    await tx.run(sql`
      insert into portal_identity_provider (org_id, origin, slug, position, provider, secrets)
      values (${tx.org}, ${origin}, ${slug}, ${position}, ${json({ provider_type: 'OIDC', ...provider, slug })}::jsonb, ${sealed ?? null})`);
  }
}

/** Removes the providers of an origin. */
export async function removeProviders(tx: TenantTransaction, origin: string): Promise<void> {
  await tx.run(sql`delete from portal_identity_provider where org_id = ${tx.org} and origin = ${origin}`);
}

/** The slug of a provider as sent: its own, or one made from the display name. */
export function providerSlug(item: unknown): string {
  const { slug, display_name: name } = asObject(item);
  return typeof slug === 'string' && slug !== '' ? slug : hostLabel(String(name ?? ''));
}

/** A provider as administrators read it: no secret, but `has_client_secret` where one is stored (portal §2.4). */
export function providerForAdmin(secrets: SecretBox, org: string, stored: StoredProvider): JsonObject {
  const held = openSecrets(secrets, org, stored.sealed);
  const oidc = stored.provider['oidc_config'];
  if (oidc === undefined) return stored.provider;
  const has = 'oidc_config.client_secret' in held || asObject(oidc)['client_secret'] !== undefined;
  return { ...stored.provider, oidc_config: { ...asObject(oidc), has_client_secret: has } };
}

/** A provider as portal users and the public see it. */
export function providerForPublic(stored: StoredProvider): JsonObject {
  return { slug: stored.slug, display_name: stored.displayName };
}

function splitSecrets(
  box: SecretBox,
  org: string,
  item: JsonObject,
  before: StoredProvider | undefined,
): { provider: JsonObject; sealed: string | undefined } {
  const held = { ...openSecrets(box, org, before?.sealed) };
  let provider = withMember(item, ['oidc_config', 'has_client_secret'], undefined);
  for (const path of SECRET_PLACES) {
    const value = memberAt(item, path);
    const place = path.join('.');
    if (typeof value !== 'string') {
      const reference = memberAt(before?.provider, path);
      if (reference !== undefined) provider = withMember(provider, path, reference);
      continue;
    }
    if (isEnvironmentReference(value)) {
      delete held[place];
      continue;
    }
    provider = withMember(provider, path, undefined);
    if (value === '') delete held[place];
    else held[place] = value;
  }
  const isEmpty = Object.keys(held).length === 0;
  return {
    provider,
    sealed: isEmpty ? undefined : box.seal(JSON.stringify(held), { org, purpose: PURPOSE }),
  };
}

function openSecrets(box: SecretBox, org: string, sealed: string | undefined): Record<string, string> {
  if (sealed === undefined) return {};
  const opened = asObject(JSON.parse(box.open(sealed, { org, purpose: PURPOSE })));
  return Object.fromEntries(
    Object.entries(opened).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => asObject(at)[name], value);
}

/** A copy with one member set, or removed when the value is undefined; objects on the way there are made only to set something. */
function withMember(target: JsonObject, path: readonly string[], value: unknown): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return target;
  if (rest.length > 0) {
    if (target[name] === undefined && value === undefined) return target;
    return { ...target, [name]: withMember(asObject(target[name]), rest, value) };
  }
  const { [name]: _before, ...others } = target;
  return value === undefined ? others : { ...others, [name]: value };
}
