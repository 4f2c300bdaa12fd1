import type { Document } from '../../../entities/index.ts';
import type { SecretBox } from '../../../ports/index.ts';
import { json, sql, type TenantQueries, type TenantTransaction } from '../../../storage/index.ts';
import type { CatalogComponent } from './component.ts';

interface Row {
  readonly definition: Document;
  readonly options: string;
  readonly installed_at: Date;
}

/** Options are sealed for one component: those of another do not open in its place. */
function sealing(org: string, appId: string, componentId: string) {
  return { org, purpose: `pricing.catalog-options.${JSON.stringify([appId, componentId])}` };
}

/** A component of an installed app; undefined when there is none. @throws SecretError when the master key is gone */
export async function findComponent(
  queries: TenantQueries,
  secrets: SecretBox,
  appId: string,
  componentId: string,
): Promise<CatalogComponent | undefined> {
  const row = await queries.first<Row>(sql`
    select definition, options, installed_at from external_catalog_component
     where org_id = ${queries.org} and app_id = ${appId} and component_id = ${componentId}`);
  if (!row) return undefined;
  // Nothing but what `replaceComponents` sealed opens in this context.
  const options = JSON.parse(secrets.open(row.options, sealing(queries.org, appId, componentId)));
  return { appId, id: componentId, definition: row.definition, options, installedAt: row.installed_at };
}

/** Replaces all components of an app; an empty list uninstalls it. Options are sealed. */
export async function replaceComponents(
  tx: TenantTransaction,
  secrets: SecretBox,
  appId: string,
  components: readonly CatalogComponent[],
): Promise<void> {
  await tx.run(sql`delete from external_catalog_component where org_id = ${tx.org} and app_id = ${appId}`);
  for (const { id, definition, options, installedAt } of components) {
    const sealed = secrets.seal(JSON.stringify(options), sealing(tx.org, appId, id));
    await tx.run(sql`
      insert into external_catalog_component (org_id, app_id, component_id, definition, options, installed_at)
      values (${tx.org}, ${appId}, ${id}, ${json(definition)}::jsonb, ${sealed}, ${installedAt})`);
  }
}
