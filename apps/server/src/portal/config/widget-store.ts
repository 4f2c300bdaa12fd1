import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { json, sql, type TenantQueries } from '../../storage/index.ts';

/** The widgets of a portal's older home screen, in their order. */
export async function readWidgets(queries: TenantQueries, portalId: string): Promise<JsonObject[]> {
  const row = await queries.first<{ widgets: unknown }>(sql`
    select widgets from portal_widget_list where org_id = ${queries.org} and portal_id = ${portalId}`);
  return Array.isArray(row?.widgets) ? row.widgets.map(asObject) : [];
}

/** Replaces the widgets of a portal. */
export async function writeWidgets(
  queries: TenantQueries,
  portalId: string,
  widgets: readonly JsonObject[],
): Promise<void> {
  await queries.run(sql`
    insert into portal_widget_list (org_id, portal_id, widgets) values (${queries.org}, ${portalId}, ${json(widgets)}::jsonb)
    on conflict (org_id, portal_id) do update set widgets = excluded.widgets`);
}
