import { asObject } from '../../../contract/json-object.ts';
import { conflict } from '../../../refusal.ts';
import { json, sql, type Tenant, type TenantQueries } from '../../../storage/index.ts';
import type { ExtensionCatalogue } from '../../config/index.ts';
import { type Extension, objectsOf } from './extension.ts';

/** All extensions of the organisation's installed apps, app by app in the order the apps give. */
export async function listExtensions(queries: TenantQueries): Promise<Extension[]> {
  const rows = await queries.query<{ extension_id: string; app_id: string; definition: unknown }>(sql`
    select extension_id, app_id, definition from portal_extension
     where org_id = ${queries.org} order by app_id, position`);
  return rows.map((row) => ({
    id: row.extension_id,
    appId: row.app_id,
    definition: asObject(row.definition),
  }));
}

/**
 * Replaces all extensions of one app; an empty list uninstalls it.
 * @throws Refusal 409 when another app has an extension of the same id, because portals name extensions by id alone
 */
export async function replaceExtensions(
  tenant: Tenant,
  appId: string,
  extensions: readonly Extension[],
  now: Date,
): Promise<void> {
  await tenant.transaction(async (tx) => {
    await tx.run(sql`delete from portal_extension where org_id = ${tx.org} and app_id = ${appId}`);
    for (const [position, { id, definition }] of extensions.entries()) {
      const written = await tx.run(sql`
        insert into portal_extension (org_id, extension_id, app_id, position, definition, updated_at)
        values (${tx.org}, ${id}, ${appId}, ${position}, ${json(definition)}::jsonb, ${now})
        on conflict (org_id, extension_id) do nothing`);
      if (written === 0) throw conflict(`Another app has an extension with the id ${id}`);
    }
  });
}

/** What the portal configuration asks about installed extensions: which of their options may be shown. */
export const installedExtensions: ExtensionCatalogue = {
  async openOptions(queries) {
    const extensions = await listExtensions(queries);
    return new Map(
      extensions.map(({ id, definition }) => {
        const open = objectsOf(definition['options']).filter(({ type }) => type === 'text');
        return [id, new Set(open.map((option) => String(option['id'])))];
      }),
    );
  },
};
