import { notFound } from '../../refusal.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';
import type { Entity } from '../model/entity.ts';
import { ENTITY_COLUMNS, type EntityRow, entityFromRow } from '../model/entity-row.ts';
import { isEntityId } from '../writing/relation-wishes.ts';

/** Reads one entity; undefined for an unknown, deleted or (with `schema`) differently typed one. */
export async function findEntity(
  queries: TenantQueries,
  id: string,
  schema?: string,
  options: { readonly includeDeleted?: boolean } = {},
): Promise<Entity | undefined> {
  const [entity] = await findEntities(queries, [id], options);
  return schema === undefined || entity?.schema === schema ? entity : undefined;
}

/** Reads one entity, or throws 404 `ENTITY_NOT_FOUND` (spec/entities.md §4). */
export async function getEntity(queries: TenantQueries, schema: string, id: string): Promise<Entity> {
  const entity = await findEntity(queries, id, schema);
  if (!entity) throw notFound('Entity', 'ENTITY_NOT_FOUND');
  return entity;
}

/** Reads many entities by id in one statement, in the order of the ids; unknown and deleted ones are left out. */
export async function findEntities(
  queries: TenantQueries,
  ids: readonly string[],
  options: { readonly includeDeleted?: boolean } = {},
): Promise<Entity[]> {
  const known = [...new Set(ids.filter(isEntityId))];
  if (known.length === 0) return [];
  const rows = await queries.query<EntityRow>(sql`
    select ${ENTITY_COLUMNS} from entity e
     where e.org_id = ${queries.org} and e.id = any(${known}::uuid[])
       and (e.deleted_at is null or ${options.includeDeleted === true})`);
  const byId = new Map(rows.map((row) => [row.id, entityFromRow(row)]));
  return known.flatMap((id) => byId.get(id) ?? []);
}
