import { sql, type TenantQueries } from '../../storage/index.ts';

/** A component of an app, which speaks for one integration at most (erp-integration.md 1.6). */
export interface AppComponent {
  readonly app_id: string;
  readonly component_id: string;
}

/** Maps a component to an integration. Answers false when it is mapped already and must not be remapped. */
export async function mapApp(
  queries: TenantQueries,
  { app_id, component_id }: AppComponent,
  integrationId: string,
  overwrite: boolean,
): Promise<boolean> {
  const written = await queries.run(sql`
    insert into integration_app_mapping (org_id, app_id, component_id, integration_id)
    values (${queries.org}, ${app_id}, ${component_id}, ${integrationId})
    on conflict (org_id, app_id, component_id) do ${overwrite ? sql`update set integration_id = excluded.integration_id` : sql`nothing`}`);
  return written > 0;
}

/** Ends the mapping of a component to this integration. Answers whether there was one. */
export async function unmapApp(
  queries: TenantQueries,
  { app_id, component_id }: AppComponent,
  integrationId: string,
): Promise<boolean> {
  const removed = await queries.run(sql`
    delete from integration_app_mapping
     where org_id = ${queries.org} and app_id = ${app_id} and component_id = ${component_id} and integration_id = ${integrationId}`);
  return removed > 0;
}

/** The integration a component speaks for, if any. */
export async function integrationOfApp(
  queries: TenantQueries,
  { app_id, component_id }: AppComponent,
): Promise<string | undefined> {
  const row = await queries.first<{ integration_id: string }>(sql`
    select integration_id from integration_app_mapping
     where org_id = ${queries.org} and app_id = ${app_id} and component_id = ${component_id}`);
  return row?.integration_id;
}
