import { type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import type { Entity } from '../model/entity.ts';
import { ENTITY_COLUMNS, type EntityRow, entityFromRow } from '../model/entity-row.ts';
import { placeOf } from './compile/field.ts';
import { contextOf, matching, type Search } from './matching.ts';
import { scoreOf } from './score.ts';
import { type CursorValue, compileSort } from './sort/sort-columns.ts';
import { SortError, type SortKey } from './sort/sort-key.ts';
import type { SearchTree } from './tree.ts';

/** A search for one page. */
export interface PageSearch extends Search {
  /** Without keys: the best fit first, and among equals the newest. */
  readonly sort?: readonly SortKey[] | undefined;
  /** Entities to skip; not together with `searchAfter`. */
  readonly from?: number | undefined;
  /** Entities to answer; 0 only counts. */
  readonly size: number;
  /** `sortEnd` of the page before this one; needs sort keys. */
  readonly searchAfter?: readonly CursorValue[] | undefined;
}

/** One entity found. */
export interface Hit {
  readonly entity: Entity;
  readonly score: number;
}

/** A page of a search. */
export interface SearchPage {
  /** How many entities match in all, exactly, wherever the page begins. */
  readonly total: number;
  readonly hits: readonly Hit[];
  /** Sort values of the last hit and its id; undefined on an empty page. */
  readonly sortEnd: readonly CursorValue[] | undefined;
}

interface HitRow extends EntityRow {
  score: number;
  cursor: CursorValue[];
  /** All matches, where the statement counted them. */
  total: number | null;
}

const BEST_THEN_NEWEST: readonly SortKey[] = [
  { field: '_score', descending: true },
  { field: '_created_at', descending: true },
];
const NEWEST: readonly SortKey[] = [{ field: '_created_at', descending: true }];

/**
 * Finds a page of entities. Ties of the sort are broken by id, so that pages neither overlap nor leave gaps while nothing is written.
 * Throws SortError when `searchAfter` does not fit, UnknownFieldError where the search asks for it.
 */
export async function searchEntities(queries: TenantQueries, search: PageSearch): Promise<SearchPage> {
  const context = contextOf(queries.org, search);
  const where = matching(context, search);
  const { from = 0, size, searchAfter } = search;
  if (searchAfter && !search.sort?.length) throw new SortError('needs an explicit sort');
  const rows = size === 0 ? [] : await queries.query<HitRow>(pageStatement(queries.org, search, where));
  // A page that is not full says itself how many there are.
  const isEnd = size > 0 && rows.length < size && (rows.length > 0 || from === 0) && !searchAfter;
  return {
    total: isEnd ? from + rows.length : (rows[0]?.total ?? (await count(queries, where))),
    hits: rows.map((row) => ({ entity: entityFromRow(row), score: Number(row.score) })),
    sortEnd: rows.at(-1)?.cursor,
  };
}

function pageStatement(org: string, search: PageSearch, where: Sql): Sql {
  const score = scoreOf(contextOf(org, search), search.tree);
  const keys = search.sort?.length ? search.sort : score ? BEST_THEN_NEWEST : NEWEST;
  const points = score ?? sql`1`;
  const order = compileSort(keys, points);
  // Conditions that read documents are not tested twice; an order of columns alone may come from an index and stop early.
  const total =
    search.searchAfter || readsColumnsOnly(search.tree) ? sql`null::bigint` : sql`count(*) over ()`;
  const rest = search.searchAfter ? sql`${where} and ${order.after(search.searchAfter)}` : where;
  // The page is chosen by id first: sorting whole documents would move them through memory for nothing.
  return sql`
    with page as materialized (
      select e.id, ${points} as score, ${order.cursor} as cursor, ${total} as total
        from searchable_entity e ${order.source}
       where ${rest}
       order by ${order.orderBy}
       limit ${String(search.size)}::int offset ${String(search.from ?? 0)}::int),
    placed as (select page.*, row_number() over () as position from page)
    select ${ENTITY_COLUMNS}, placed.score, placed.cursor, placed.total
      from placed join searchable_entity e on e.id = placed.id and e.org_id = ${org}
     order by placed.position`;
}

async function count(queries: TenantQueries, where: Sql): Promise<number> {
  const row = await queries.first<{ total: number }>(
    sql`select count(*) as total from searchable_entity e where ${where}`,
  );
  return row?.total ?? 0;
}

/** Whether the conditions are all on a row's own columns, which cost little to test. */
function readsColumnsOnly(tree: SearchTree): boolean {
  switch (tree.kind) {
    case 'and':
    case 'or':
      return tree.clauses.every(readsColumnsOnly);
    case 'not':
      return readsColumnsOnly(tree.clause);
    case 'all':
    case 'none':
    case 'ids':
      return true;
    case 'related':
      return false;
    default:
      return (
        tree.field !== undefined && !['title', 'relation', 'document'].includes(placeOf(tree.field).kind)
      );
  }
}
