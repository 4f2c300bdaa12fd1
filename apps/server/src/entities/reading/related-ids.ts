import { isOneOf, raw, sql, type TenantQueries } from '../../storage/index.ts';
import { isEntityId } from '../writing/relation-wishes.ts';

/** Which way relations are followed from the given entities: those they name, those that name them, or both. */
export type Direction = 'direct' | 'reverse' | 'both';

/** One neighbour: from which given entity it was reached. */
export interface RelatedId {
  readonly from: string;
  readonly id: string;
  readonly schema: string;
}

/**
 * The neighbours of entities in one statement, answered from the edges, since the same fact may stand on either side of a pair
 * (spec/entities.md §13). Deleted neighbours are left out. A neighbour reached both ways is named once per given entity.
 */
export async function relatedIds(
  queries: TenantQueries,
  ids: readonly string[],
  options: { readonly schema?: string; readonly direction?: Direction } = {},
): Promise<RelatedId[]> {
  const known = [...new Set(ids.filter(isEntityId))];
  if (known.length === 0) return [];
  const direction = options.direction ?? 'both';
  const schema = options.schema ?? null;
  return queries.query<RelatedId & object>(sql`
    select distinct r.origin as "from", e.id, e.schema
      from (
        select from_id as origin, to_id as id from entity_edge
         where org_id = ${queries.org} and ${isOneOf(raw('from_id'), known)} and ${direction !== 'reverse'}
           and (${schema}::text is null or to_schema = ${schema})
        union
        select to_id as origin, from_id as id from entity_edge
         where org_id = ${queries.org} and ${isOneOf(raw('to_id'), known)} and ${direction !== 'direct'}
           and (${schema}::text is null or from_schema = ${schema})) r
      join entity e on e.org_id = ${queries.org} and e.id = r.id
     where e.deleted_at is null
     order by r.origin, e.id`);
}
