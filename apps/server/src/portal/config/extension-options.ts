import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { SecretBox } from '../../ports/index.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';

/** What the configuration asks of the part that knows the installed extensions (portal §9.1). */
export interface ExtensionCatalogue {
  /** For each installed extension's id, the ids of its options that are no secrets. What nobody declares might be one. */
  openOptions(queries: TenantQueries): Promise<OpenOptions>;
}

/** The options of extensions whose values may be shown. */
export type OpenOptions = ReadonlyMap<string, ReadonlySet<string>>;

/** Option values by extension id. */
export type ExtensionOptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

const PURPOSE = 'portal.extension_options';

/** The option values of a portal's extensions with their secrets in clear, for hooks, which send them. Empty for an unknown portal. */
export async function readExtensionOptions(
  queries: TenantQueries,
  secrets: SecretBox,
  portalId: string,
): Promise<ExtensionOptions> {
  const row = await queries.first<{ sealed: string | null }>(sql`
    select secrets ->> 'extensionOptions' as sealed from portal
     where org_id = ${queries.org} and portal_id = ${portalId}`);
  return openExtensionOptions(secrets, queries.org, row?.sealed ?? undefined);
}

/** Opens the sealed option values of a portal; empty when it has none. */
export function openExtensionOptions(
  secrets: SecretBox,
  org: string,
  sealed: string | undefined,
): ExtensionOptions {
  if (sealed === undefined) return {};
  const opened = asObject(JSON.parse(secrets.open(sealed, { org, purpose: PURPOSE })));
  return Object.fromEntries(Object.entries(opened).map(([id, options]) => [id, texts(options)]));
}

/** Seals option values; all of them, because which ones are secret can change with the extension. */
export function sealExtensionOptions(
  secrets: SecretBox,
  org: string,
  options: ExtensionOptions,
): string | undefined {
  if (Object.keys(options).length === 0) return undefined;
  return secrets.seal(JSON.stringify(options), { org, purpose: PURPOSE });
}

/**
 * The option values after a save (portal §2.4): extensions that are no longer listed lose theirs; a secret, or what is not known to be none, keeps its
 * value when it is not sent, and an empty one is cleared; everything else is replaced. `{{ env.KEY }}` references are values like any other.
 */
export function mergeOptions(
  before: ExtensionOptions,
  sent: readonly unknown[],
  open: OpenOptions,
): ExtensionOptions {
  const merged: Record<string, Record<string, string>> = {};
  for (const extension of sent.map(asObject)) {
    const id = String(extension['id']);
    const known = before[id] ?? {};
    // The contract's default makes options that were not sent an empty object.
    if (Object.keys(asObject(extension['options'])).length === 0) {
      merged[id] = { ...known };
      continue;
    }
    const kept = Object.entries(known).filter(([name]) => !open.get(id)?.has(name));
    const values = { ...Object.fromEntries(kept), ...texts(extension['options']) };
    merged[id] = Object.fromEntries(
      Object.entries(values).filter(([name, value]) => value !== '' || open.get(id)?.has(name)),
    );
  }
  return merged;
}

/** `extensions` as administrators read them: only values that are known to be no secrets, and pure environment references. */
export function extensionsForAdmin(
  extensions: unknown,
  options: ExtensionOptions,
  open: OpenOptions,
): JsonObject[] {
  if (!Array.isArray(extensions)) return [];
  return extensions.map(asObject).map((extension) => {
    const id = String(extension['id']);
    const shown = Object.entries(options[id] ?? {}).filter(
      ([name, value]) => open.get(id)?.has(name) || isEnvironmentReference(value),
    );
    return { ...extension, options: Object.fromEntries(shown) };
  });
}

/** Whether a text is nothing but `{{ env.KEY }}`: it names a secret without being one. */
export function isEnvironmentReference(text: string): boolean {
  return /^\{\{\s*env\.[\w.-]+\s*\}\}$/.test(text);
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asObject(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
