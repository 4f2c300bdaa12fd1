import { notFound } from '../../refusal.ts';
import { json, sql, type TenantQueries } from '../../storage/index.ts';
import type { UseCase, UseCaseConfiguration, UseCaseType } from './use-case.ts';

interface Row {
  readonly integration_id: string;
  readonly id: string;
  readonly name: string;
  readonly slug: string | null;
  readonly type: UseCaseType;
  readonly enabled: boolean;
  readonly configuration: UseCaseConfiguration | null;
  readonly change_description: string | null;
  readonly changed_by: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The use cases of some integrations, oldest first. */
export async function listUseCases(
  queries: TenantQueries,
  integrationIds: readonly string[],
): Promise<UseCase[]> {
  if (integrationIds.length === 0) return [];
  const rows = await queries.query<Row>(sql`
    select * from use_case where org_id = ${queries.org} and integration_id = any(${[...integrationIds]}::uuid[]) order by position`);
  return rows.map(fromRow);
}

/** The use cases of a type in all integrations, oldest first. */
export async function listUseCasesOfType(queries: TenantQueries, type: UseCaseType): Promise<UseCase[]> {
  const rows = await queries.query<Row>(
    sql`select * from use_case where org_id = ${queries.org} and type = ${type} order by position`,
  );
  return rows.map(fromRow);
}

/** One use case of an integration, or 404 `USE_CASE_NOT_FOUND`. */
export async function getUseCase(
  queries: TenantQueries,
  integrationId: string,
  id: string,
): Promise<UseCase> {
  const row = await queries.first<Row>(sql`
    select * from use_case where org_id = ${queries.org} and id = ${id} and integration_id = ${integrationId}`);
  if (!row) throw notFound('The use case', 'USE_CASE_NOT_FOUND');
  return fromRow(row);
}

/** Adds a use case. A unique violation means that another use case of the organisation has the id. */
export async function insertUseCase(queries: TenantQueries, useCase: UseCase): Promise<void> {
  await queries.run(sql`
    insert into use_case (org_id, integration_id, id, name, slug, type, enabled, configuration, change_description, changed_by, created_at,
                          updated_at)
    values (${queries.org}, ${useCase.integrationId}, ${useCase.id}, ${useCase.name}, ${useCase.slug ?? null}, ${useCase.type},
            ${useCase.enabled}, ${configurationValue(useCase)}::jsonb, ${useCase.changeDescription ?? null}, ${useCase.changedBy ?? null},
            ${useCase.createdAt}, ${useCase.updatedAt})`);
}

export async function updateUseCaseRow(queries: TenantQueries, useCase: UseCase): Promise<void> {
  await queries.run(sql`
    update use_case
       set name = ${useCase.name}, slug = ${useCase.slug ?? null}, enabled = ${useCase.enabled},
           configuration = ${configurationValue(useCase)}::jsonb, change_description = ${useCase.changeDescription ?? null},
           changed_by = ${useCase.changedBy ?? null}, updated_at = ${useCase.updatedAt}, version = version + 1
     where org_id = ${queries.org} and id = ${useCase.id}`);
}

/** Removes use cases of an integration with their history. Answers how many there were. */
export function removeUseCases(
  queries: TenantQueries,
  integrationId: string,
  ids: readonly string[],
): Promise<number> {
  return queries.run(sql`
    delete from use_case where org_id = ${queries.org} and integration_id = ${integrationId} and id = any(${[...ids]}::uuid[])`);
}

function configurationValue({ configuration }: UseCase): string | null {
  return configuration === undefined ? null : json(configuration);
}

function fromRow(row: Row): UseCase {
  return {
    integrationId: row.integration_id,
    id: row.id,
    name: row.name,
    slug: row.slug ?? undefined,
    type: row.type,
    enabled: row.enabled,
    configuration: row.configuration ?? undefined,
    changeDescription: row.change_description ?? undefined,
    changedBy: row.changed_by ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
