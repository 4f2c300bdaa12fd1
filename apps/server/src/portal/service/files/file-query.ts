import { ENTITY_COLUMNS, type Entity, type EntityRow, entityFromRow } from '../../../entities/index.ts';
import type { SearchScope } from '../../../entities/search/index.ts';
import { empty, type Sql, sql, type TenantQueries } from '../../../storage/index.ts';
import { isSeen } from './seen-files.ts';

/** Which files a page shows. */
export interface FileQuery {
  readonly portalUserId: string;
  /** Files the user may see. */
  readonly scope: SearchScope;
  /** Only files of these entities. */
  readonly parents: readonly string[] | undefined;
  /** Values of the attribute `type`. */
  readonly types: readonly string[] | undefined;
  readonly from: number;
  readonly size: number;
}

interface FilePage {
  readonly files: readonly Entity[];
  /** Ids of those that the user has opened, downloaded or uploaded before. */
  readonly seen: ReadonlySet<string>;
  /** On all pages. */
  readonly total: number;
}

/** One page of files, the newest by `file_date`, else by creation, first (spec/portal.md §6.3). */
export async function findFiles(queries: TenantQueries, query: FileQuery): Promise<FilePage> {
  const { org } = queries;
  const types = query.types ? [...query.types] : null;
  const where = sql`
    e.org_id = ${org} and e.schema = 'file' and e.deleted_at is null and e.id in (${within(query.scope)})
    and (${types}::text[] is null or e.doc ->> 'type' = any(${types}::text[]))${ofParents(org, query.parents)}`;
  // The page is chosen by id first: sorting whole documents would move them through memory for nothing.
  const rows = await queries.query<EntityRow & { readonly total: number; readonly seen: boolean }>(sql`
    with page as materialized (
      select e.id, count(*) over () as total,
             row_number() over (order by coalesce(nullif(e.doc ->> 'file_date', ''),
               to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) collate "C" desc, e.id) as position
        from entity e where ${where}
       order by position offset ${query.from} limit ${query.size})
    select ${ENTITY_COLUMNS}, page.total, ${isSeen(org, query.portalUserId)} as seen from page join entity e on e.org_id = ${org} and e.id = page.id
     order by page.position`);
  return {
    files: rows.map(entityFromRow),
    seen: new Set(rows.filter(({ seen }) => seen).map(({ id }) => id)),
    total: rows[0]?.total ?? (await count(queries, where)),
  };
}

/** How many files match, for a page that shows none of them. */
async function count(queries: TenantQueries, where: Sql): Promise<number> {
  const row = await queries.first<{ total: number }>(
    sql`select count(*) as total from entity e where ${where}`,
  );
  return row?.total ?? 0;
}

/** How many files of a scope each of their parents has, by parent id. `parents` is a subselect of ids. */
export async function countFilesByParent(
  queries: TenantQueries,
  scope: SearchScope,
  parents: Sql,
): Promise<Map<string, number>> {
  const { org } = queries;
  const rows = await queries.query<{ parent: string; files: number }>(sql`
    with seen as (select f.id from (${within(scope)}) f),
    above as (select p.id from (${parents}) p)
    select parent, count(distinct file) as files from (
      select g.from_id as parent, g.to_id as file from entity_edge g where g.org_id = ${org} and g.to_schema = 'file'
      union all
      select g.to_id, g.from_id from entity_edge g where g.org_id = ${org} and g.from_schema = 'file') pair
     where file in (select id from seen) and parent in (select id from above)
     group by parent order by parent`);
  return new Map(rows.map(({ parent, files }) => [parent, files]));
}

function within(scope: SearchScope): Sql {
  return 'ids' in scope ? sql`select id from unnest(${[...scope.ids]}::uuid[]) as id` : scope.reachable;
}

function ofParents(org: string, parents: readonly string[] | undefined): Sql {
  if (!parents) return empty;
  const ids = [...parents];
  return sql` and e.id in (select to_id from entity_edge where org_id = ${org} and from_id = any(${ids}::uuid[])
                            union select from_id from entity_edge where org_id = ${org} and to_id = any(${ids}::uuid[]))`;
}
