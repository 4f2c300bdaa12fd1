import { sql, type TenantQueries } from '../../storage/index.ts';
import type { Direction } from './related-ids.ts';

/** One relation of an entity as the listings show it (contract schema `RelationItem`). */
export interface ListedRelation {
  /** The entity on the other side. */
  readonly entity_id: string;
  readonly _schema: string;
  /** The relation attribute: of the entity itself, or of the other one when `reverse`. */
  readonly attribute: string;
  readonly _tags: readonly string[];
  readonly reverse: boolean;
}

export interface RelationQuery {
  readonly direction: Direction;
  readonly from: number;
  readonly size: number;
  readonly includeSchemas?: readonly string[] | undefined;
  readonly excludeSchemas?: readonly string[] | undefined;
  /** Neighbours in the recycle bin: left out (default), included, or nothing else. */
  readonly deleted?: 'false' | 'true' | 'only' | undefined;
}

interface RelationPage {
  /** Relations that match, on all pages. */
  readonly hits: number;
  readonly relations: readonly ListedRelation[];
}

/**
 * One page of an entity's relations from the edges, direct ones first, by attribute and stored order. The same neighbour is listed once per
 * attribute that relates it.
 */
export async function listRelations(
  queries: TenantQueries,
  id: string,
  query: RelationQuery,
): Promise<RelationPage> {
  const { direction, deleted = 'false' } = query;
  const included = query.includeSchemas ? [...query.includeSchemas] : null;
  const excluded = [...(query.excludeSchemas ?? [])];
  const rows = await queries.query<ListedRelation & { hits: number }>(sql`
    select r.entity_id, r.schema as "_schema", r.attribute, r.tags as "_tags", r.reverse, count(*) over () as hits
      from (
        select to_id as entity_id, to_schema as schema, attribute, tags, position, false as reverse
          from entity_edge where org_id = ${queries.org} and from_id = ${id}::uuid and ${direction !== 'reverse'}
        union all
        select from_id, from_schema, attribute, tags, position, true
          from entity_edge where org_id = ${queries.org} and to_id = ${id}::uuid and ${direction !== 'direct'}) r
      join entity e on e.org_id = ${queries.org} and e.id = r.entity_id
     where (${included}::text[] is null or r.schema = any(${included}::text[]))
       and r.schema <> all(${excluded}::text[])
       and (e.deleted_at is null or ${deleted !== 'false'}) and (e.deleted_at is not null or ${deleted !== 'only'})
     order by r.reverse, r.attribute, r.position, r.entity_id
    offset ${query.from} limit ${query.size}`);
  return {
    hits: rows[0]?.hits ?? 0,
    relations: rows.map(({ hits, ...relation }) => relation),
  };
}
