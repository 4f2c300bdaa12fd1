import { type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import type { Entity } from '../model/entity.ts';
import { ENTITY_COLUMNS, type EntityRow, entityFromRow } from '../model/entity-row.ts';
import { valuesOf } from './aggregations/field-values.ts';
import { contextOf, matching, type Search } from './matching.ts';
import { compileSort } from './sort/sort-columns.ts';
import type { SortKey } from './sort/sort-key.ts';

/** A search whose hits are put into groups by the value of a field. */
export interface GroupSearch extends Search {
  /** A field of the entity, or `<relation>._title` and the like for a field of the entity that a relation refers to. */
  readonly groupBy: string;
  /** Whether `groupBy` begins with a relation attribute whose targets carry the value. */
  readonly followsRelation?: boolean | undefined;
  readonly descending: boolean;
  /** Groups to answer. */
  readonly groups: number;
  /** The last group of the page before this one. */
  readonly after?: string | undefined;
  /** Paging and order inside each group. */
  readonly from: number;
  readonly size: number;
  readonly sort: readonly SortKey[];
}

/** Entities with the same value. */
export interface EntityGroup {
  /** The value; empty for entities without one. */
  readonly key: string;
  /** All entities of the group, whatever the page shows. */
  readonly count: number;
  readonly entities: readonly Entity[];
}

/** A page of groups. */
export interface GroupPage {
  readonly groups: readonly EntityGroup[];
  readonly hasMore: boolean;
}

/**
 * Groups what a search finds by the text of a field's smallest value, so that each entity is in one group. Groups are ordered by their key;
 * that of entities without a value comes last in both directions. Throws SortError and AggregationError for fields that cannot be used.
 */
export async function groupEntities(queries: TenantQueries, search: GroupSearch): Promise<GroupPage> {
  const order = compileSort(search.sort, sql`1`);
  const where = matching(contextOf(queries.org, search), search);
  const direction = search.descending ? sql`desc` : sql`asc`;
  const rows = await queries.query<
    EntityRow & { key: string; group_count: number; entity_id: string | null }
  >(sql`
    with found as materialized (
      select e.id, coalesce(${groupKey(search)}, '') collate "C" as key,
             row_number() over (partition by coalesce(${groupKey(search)}, '') collate "C" order by ${order.orderBy}) as place
        from searchable_entity e ${order.source} where ${where}),
    chosen as (
      select key, count(*) as group_count from found where ${afterKey(search)}
       group by key order by key = '', key ${direction} limit ${String(search.groups + 1)}::int)
    select chosen.key, chosen.group_count, e.id as entity_id, ${ENTITY_COLUMNS}
      from chosen
      left join found on found.key = chosen.key and found.place > ${String(search.from)}::bigint
           and found.place <= ${String(search.from + search.size)}::bigint
      left join searchable_entity e on e.id = found.id and e.org_id = ${queries.org}
     order by chosen.key = '', chosen.key ${direction}, found.place`);
  const groups = new Map<string, { key: string; count: number; entities: Entity[] }>();
  for (const row of rows) {
    const group = groups.get(row.key) ?? { key: row.key, count: row.group_count, entities: [] };
    groups.set(row.key, group);
    if (row.entity_id !== null) group.entities.push(entityFromRow(row));
  }
  return { groups: [...groups.values()].slice(0, search.groups), hasMore: groups.size > search.groups };
}

function groupKey({ groupBy, followsRelation }: GroupSearch): Sql {
  if (!followsRelation) {
    const { source, text } = valuesOf(groupBy, 'group');
    // The smallest of the row's own values: an aggregate over columns of the outer row alone would be one of the outer query.
    return sql`(select min(item.value collate "C") from (select ${text} as value from (select 1) one ${source}) item)`;
  }
  const [attribute = '', ...rest] = groupBy.split('.');
  const { source, text } = valuesOf(rest.join('.'), 'group');
  return sql`(select min(${text} collate "C") from (
      select t.* from entity_edge g join searchable_entity t on t.id = g.to_id and t.org_id = g.org_id
       where g.org_id = e.org_id and g.from_id = e.id and g.attribute = ${attribute} and t.deleted_at is null
       order by g.position, t.id limit 1) e ${source})`;
}

/** Groups after the given one; after the group without a value there are none. */
function afterKey({ after, descending }: GroupSearch): Sql {
  if (after === undefined) return sql`true`;
  if (after === '') return sql`false`;
  return descending ? sql`(key < ${after} or key = '')` : sql`(key > ${after} or key = '')`;
}
