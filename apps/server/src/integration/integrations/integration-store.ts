import { notFound } from '../../refusal.ts';
import { json, sql, type TenantQueries } from '../../storage/index.ts';
import type { Integration, IntegrationDefinition } from './integration.ts';

interface Row {
  readonly org_id: string;
  readonly id: string;
  readonly definition: IntegrationDefinition;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** All integrations of the organisation, oldest first. */
export async function listIntegrations(queries: TenantQueries): Promise<Integration[]> {
  const rows = await queries.query<Row>(
    sql`select * from integration where org_id = ${queries.org} order by position`,
  );
  return rows.map(fromRow);
}

/** One integration, or undefined. Within a transaction, `lock` keeps others from changing it or its use cases. */
async function findIntegration(
  queries: TenantQueries,
  id: string,
  lock: 'for update' | 'none' = 'none',
): Promise<Integration | undefined> {
  const row = await queries.first<Row>(sql`
    select * from integration where org_id = ${queries.org} and id = ${id} ${lock === 'none' ? sql`` : sql`for update`}`);
  return row && fromRow(row);
}

/** One integration, or 404 `INTEGRATION_NOT_FOUND`. */
export async function getIntegration(
  queries: TenantQueries,
  id: string,
  lock: 'for update' | 'none' = 'none',
): Promise<Integration> {
  const integration = await findIntegration(queries, id, lock);
  if (!integration) throw notFound('The integration', 'INTEGRATION_NOT_FOUND');
  return integration;
}

export async function insertIntegration(queries: TenantQueries, integration: Integration): Promise<void> {
  const { id, definition, createdAt, updatedAt } = integration;
  await queries.run(sql`
    insert into integration (org_id, id, definition, created_at, updated_at)
    values (${queries.org}, ${id}, ${json(definition)}::jsonb, ${createdAt}, ${updatedAt})`);
}

export async function updateIntegrationRow(
  queries: TenantQueries,
  { id, definition, updatedAt }: Integration,
): Promise<void> {
  await queries.run(sql`
    update integration set definition = ${json(definition)}::jsonb, updated_at = ${updatedAt}
     where org_id = ${queries.org} and id = ${id}`);
}

/** Removes an integration with its use cases, their history and its app mappings. Answers whether there was one. */
export async function removeIntegration(queries: TenantQueries, id: string): Promise<boolean> {
  return (await queries.run(sql`delete from integration where org_id = ${queries.org} and id = ${id}`)) > 0;
}

function fromRow(row: Row): Integration {
  return {
    org: row.org_id,
    id: row.id,
    definition: row.definition,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
