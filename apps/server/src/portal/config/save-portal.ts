import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { sameJson, schemasOf } from '../../entities/index.ts';
import { invalid } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { withDefaults } from './config-defaults.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { configProblems } from './config-rules.ts';
import { mergeOptions, openExtensionOptions, sealExtensionOptions } from './extension-options.ts';
import { listProviders, providerForAdmin, replaceProviders } from './identity-providers.ts';
import { mergeConfig } from './merge-config.ts';
import type { StoredPortal } from './portal.ts';
import type { PortalRights } from './portal-grants.ts';
import { claimHosts } from './portal-hosts.ts';
import { allowedSchemas, createPortalRole, syncPortalRole } from './portal-role.ts';
import { writePortal } from './portal-store.ts';

/** A save of a portal's configuration. */
export interface PortalSave {
  readonly portalId: string;
  readonly origin: string;
  /** The portal as it is; undefined when the save creates it. It must be locked by the transaction. */
  readonly before: StoredPortal | undefined;
  /** The fields as they were sent, by their contract names. */
  readonly sent: JsonObject;
  readonly pageMode: 'id' | 'slug';
  /** `<kind>:<id>` of the caller. */
  readonly savedBy: string;
  /** What a name is refused with that another portal has. */
  readonly taken: (host: string) => Error;
}

/** Where the publishable token of a portal is sealed. */
export const ACCESS_TOKEN_PURPOSE = 'portal.access_token';

/**
 * Creates or changes a portal: rules, names, configuration with its revision, secrets, providers, role and pages, all or nothing. The caller
 * has checked `create` or `edit`; changing `enabled` and providers needs further grants (identity §5). Throws 400 with all problems, 403.
 */
export async function savePortal(
  tx: TenantTransaction,
  platform: ConfigPlatform,
  rights: PortalRights,
  save: PortalSave,
): Promise<void> {
  const { before, sent, origin, portalId } = save;
  const saved = before?.saved ?? {};
  const enabled = typeof sent['enabled'] === 'boolean' ? sent['enabled'] : (before?.enabled ?? false);
  if (enabled !== (before?.enabled ?? false)) rights.require(origin, 'activate');

  const providers = await changedProviders(tx, platform, rights, save);
  const problems = configProblems(sent, { schemas: await schemasOf(tx) });
  if (problems.length > 0) throw invalid(problems);

  const hosts = await claimHosts(tx, portalId, saved, sent, platform.hosts, save.taken);
  const merged = mergeConfig(saved, sent, hosts);
  const secrets = await sealedSecrets(tx, platform, save);
  const content = { portalId, origin, enabled, saved: merged, secrets };
  await writePortal(tx, content, save.savedBy, platform.clock.now());
  if (providers) await replaceProviders(tx, platform.secrets, origin, providers);
  await followWithRoleAndPages(tx, platform, save, merged);
}

/** The providers to store, when the save changes them. */
async function changedProviders(
  tx: TenantTransaction,
  { secrets }: ConfigPlatform,
  rights: PortalRights,
  { sent, origin }: PortalSave,
): Promise<unknown[] | undefined> {
  const providers = sent['identity_providers'];
  if (!Array.isArray(providers)) return undefined;
  const shown = (await listProviders(tx, origin)).map((stored) => providerForAdmin(secrets, tx.org, stored));
  if (sameJson(shown, providers)) return undefined;
  rights.requireSso();
  return providers;
}

async function sealedSecrets(
  tx: TenantTransaction,
  { secrets, extensions }: ConfigPlatform,
  { before, sent }: PortalSave,
): Promise<StoredPortal['secrets']> {
  const token = sent['accessToken'];
  const accessToken =
    typeof token === 'string' && token !== ''
      ? secrets.seal(token, { org: tx.org, purpose: ACCESS_TOKEN_PURPOSE })
      : token === ''
        ? undefined
        : before?.secrets.accessToken;
  let options = before?.secrets.extensionOptions;
  if (Array.isArray(sent['extensions'])) {
    const known = openExtensionOptions(secrets, tx.org, options);
    const merged = mergeOptions(known, sent['extensions'], await extensions.openOptions(tx));
    options = sealExtensionOptions(secrets, tx.org, merged);
  }
  return {
    ...(accessToken === undefined ? {} : { accessToken }),
    ...(options === undefined ? {} : { extensionOptions: options }),
  };
}

async function followWithRoleAndPages(
  tx: TenantTransaction,
  { identity, pages }: ConfigPlatform,
  { portalId, before, sent, pageMode }: PortalSave,
  merged: JsonObject,
): Promise<void> {
  const after = allowedSchemas({ config: withDefaults(merged) });
  if (before) {
    await syncPortalRole(tx, identity.organisations, portalId, allowedSchemas(before), after);
  } else {
    await createPortalRole(tx, identity.organisations, { portalId, config: withDefaults(merged) });
  }
  const sentPages = pagesOf(sent['pages']);
  if (sentPages) await pages.upsert(tx, portalId, sentPages, pageMode);
  if (!before && !sentPages?.length) await pages.createDefaults(tx, portalId);
  if (Array.isArray(sent['allowed_portal_entities'])) await pages.syncDetailPages(tx, portalId, after);
}

/** Pages are a list in the third generation of the contract and an object by page id in the second (portal §3.1). */
function pagesOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).map(([id, page]) => ({ id, ...asObject(page) }));
}
