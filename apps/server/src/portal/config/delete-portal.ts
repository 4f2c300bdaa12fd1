import { type ChangeSource, isDocument } from '../../entities/index.ts';
import { portalRoleSlug, roleId } from '../../identity/index.ts';
import { sql, type TenantTransaction } from '../../storage/index.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { removeProviders } from './identity-providers.ts';
import type { StoredPortal } from './portal.ts';
import { readPortal, removePortal, whereOrigin } from './portal-store.ts';

/** Users whose access is taken away with one write. */
const BATCH = 200;

/**
 * Deletes a portal (portal §3.13): pages, widgets, templates, credentials and its names go, its sessions end. Portal users stay as entities
 * without access; providers go with the last portal of the origin.
 */
export async function deletePortal(
  tx: TenantTransaction,
  platform: ConfigPlatform,
  portal: StoredPortal,
  source: ChangeSource,
): Promise<void> {
  const { identity, pages } = platform;
  const { portalId, origin } = portal;
  await pages.removeAll(tx, portalId);
  await identity.accounts.deleteAccountsOfPortal(tx, portalId);
  await closeUsers(tx, platform, portalId, source);
  await identity.organisations.removeRole(tx, roleId(tx.org, portalRoleSlug(portalId)));
  await removePortal(tx, portalId);
  if (!(await readPortal(tx, whereOrigin(tx.org, origin)))) await removeProviders(tx, origin);
}

async function closeUsers(
  tx: TenantTransaction,
  { entities }: ConfigPlatform,
  portalId: string,
  source: ChangeSource,
): Promise<void> {
  const users = await tx.query<{ id: string; doc: unknown }>(sql`
    select id, doc from entity
     where org_id = ${tx.org} and schema = 'portal_user' and deleted_at is null and doc ->> 'portal_id' = ${portalId}`);
  const open = users.filter(({ doc }) => !isDocument(doc) || doc['access_status'] !== false);
  for (let start = 0; start < open.length; start += BATCH) {
    const batch = open.slice(start, start + BATCH);
    const changes = batch.map(({ id }) => ({
      kind: 'patch' as const,
      id,
      attributes: { access_status: false },
    }));
    const refused = (await entities.write(tx, changes, { source, direct: true })).find(
      (result) => result.outcome === 'refused',
    );
    if (refused?.outcome === 'refused') throw refused.refusal;
  }
}
