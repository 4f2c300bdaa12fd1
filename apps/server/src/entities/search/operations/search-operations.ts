import type { BodyOf, Operations } from '../../../contract/operation-types.ts';
import type { Call } from '../../../http/call.ts';
import type { Clock } from '../../../ports/index.ts';
import { invalid } from '../../../refusal.ts';
import { hydrate, type Visibility } from '../../reading/hydrate.ts';
import { selectFields } from '../../reading/select-fields.ts';
import { schemasOf } from '../../schemas/schema-catalogue.ts';
import { aggregateEntities } from '../aggregations/aggregate.ts';
import { parseAggregations } from '../aggregations/aggregation.ts';
import { parseFilter } from '../filter/parse-filter.ts';
import type { Search } from '../matching.ts';
import { parseQuery } from '../query-string/parse-query.ts';
import { type Hit, searchEntities } from '../search-entities.ts';
import { parseSort } from '../sort/sort-key.ts';
import { allOf, type SearchTree } from '../tree.ts';
import { refusedSearch } from './refused-search.ts';
import { schemasKnowing } from './schemas-knowing.ts';
import { stableQuery } from './stable-query.ts';

const LARGEST_PAGE = 1_000;
const DEEPEST_PAGING = 25_000;

/** What a caller may see. */
export interface SearchView {
  /** Added to every search, so that totals and aggregations count visible entities only; `ALL` where nothing is hidden. */
  readonly restriction: SearchTree;
  /** The JSON of an entity with what is hidden taken out. */
  readonly show: Visibility;
}

/** What the search operations need from the rest of the server. */
export interface SearchPlatform {
  readonly clock: Clock;
  readonly viewOf: (call: Call<unknown>) => Promise<SearchView>;
}

type SearchBody = BodyOf<'entity', 'searchEntities'>;
type ListBody = BodyOf<'entity', 'listEntities'>;
/** The members both operations share. */
type Options = Omit<SearchBody, 'q'> & Pick<ListBody, 'search_after'>;

/** `searchEntities` by query string and `listEntities` by structured filter (spec/entities.md §5). */
export function searchOperations(platform: SearchPlatform): Operations<'entity'> {
  return {
    searchEntities: (call) =>
      refusing('body.q', () =>
        answer(platform, call, parseQuery(call.body.q, { now: platform.clock.now() }), call.body),
      ),

    listEntities: (call) =>
      refusing('body.query.query_string.query', () =>
        answer(platform, call, listTree(call.body, platform.clock.now()), call.body),
      ),
  };
}

/** Filter and query string together. Throws 400 where no clause says which schema is meant and the caller did not ask for all. */
function listTree(
  { filter, query, allow_targeting_all_schemas: allSchemas }: ListBody,
  now: Date,
): SearchTree {
  const tree = parseFilter(filter, undefined, undefined, now);
  if (!allSchemas && !namesSchema(tree)) {
    throw invalid(
      { path: 'body.filter', message: 'needs a clause on _schema, or allow_targeting_all_schemas' },
      'SCHEMA_REQUIRED',
    );
  }
  const written = query?.query_string;
  if (!written) return tree;
  const fields = written.fields?.map((field) => field.replace(/\^[\d.]+$/, ''));
  const words = parseQuery(written.query, {
    now,
    defaultOperator: written.default_operator ?? 'OR',
    ...(fields?.length && !fields.includes('*') ? { fields } : {}),
  });
  return allOf([tree, words]);
}

/** Whether everything the tree finds is of schemas that it names. */
function namesSchema(tree: SearchTree): boolean {
  if (tree.kind === 'and') return tree.clauses.some(namesSchema);
  if (tree.kind === 'or') return tree.clauses.every(namesSchema);
  return tree.kind === 'equal' && /^_schema(\.keyword)?$/.test(tree.field);
}

async function answer(
  platform: SearchPlatform,
  call: Call<unknown>,
  tree: SearchTree,
  options: Options,
): Promise<object> {
  const { from, size } = pageOf(options);
  const aggregations = options.aggs === undefined ? undefined : parseAggregations(options.aggs);
  const stable = stableQuery(platform.clock, options.stable_for, options.stable_query_id);
  const view = await platform.viewOf(call);
  const search: Search = {
    tree: allOf([view.restriction, tree]),
    includeDeleted: options.include_deleted,
    asOf: stable?.asOf,
    schemasKnowing: schemasKnowing(await schemasOf(call.tenant)),
  };
  const sort = parseSort(options.sort);
  const page = await searchEntities(call.tenant, {
    ...search,
    sort,
    from,
    size,
    searchAfter: options.search_after,
  });
  return {
    hits: page.total,
    results: await documentsOf(call, view, page.hits, options),
    ...(aggregations ? { aggregations: await aggregateEntities(call.tenant, search, aggregations) } : {}),
    ...(stable?.id ? { stable_query_id: stable.id } : {}),
    ...(page.sortEnd && sort.length > 0 ? { sort_end: page.sortEnd } : {}),
  };
}

function pageOf(options: Options): { from: number; size: number } {
  const { from = 0, search_after: after } = options;
  const size = Math.min(options.size ?? 10, LARGEST_PAGE);
  if (after && from > 0) throw invalid({ path: 'body.from', message: 'excludes search_after' });
  if (from + size > DEEPEST_PAGING) {
    throw invalid({
      path: 'body.from',
      message: `and size reach beyond ${DEEPEST_PAGING}; use search_after`,
    });
  }
  if (options.anonymize) throw invalid({ path: 'body.anonymize', message: 'is not supported' });
  return { from, size };
}

async function documentsOf(
  call: Call<unknown>,
  view: SearchView,
  hits: readonly Hit[],
  options: Options,
): Promise<object[]> {
  const shown = hits.flatMap(({ entity, score }) => {
    const document = view.show(entity);
    return document ? [{ document, score }] : [];
  });
  const plain = shown.map(({ document }) => document);
  const documents = options.hydrate ? await hydrate(call.tenant, plain, view.show) : plain;
  return documents.map((document, at) => {
    const selected = selectFields(document, options.fields);
    return options.include_scores ? { ...selected, _score: shown[at]?.score } : selected;
  });
}

async function refusing(query: string, work: () => Promise<object>): Promise<object> {
  try {
    return await work();
  } catch (error) {
    throw refusedSearch(error, { query, sort: 'body.sort' }) ?? error;
  }
}
