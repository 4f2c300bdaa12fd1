export type { Aggregation } from './aggregations/aggregation.ts';
export { type FilterLimits, parseFilter } from './filter/parse-filter.ts';
export { type EntityGroup, type GroupPage, type GroupSearch, groupEntities } from './group-entities.ts';
export type { Search, SearchScope } from './matching.ts';
export { refusedSearch, type SearchPaths } from './operations/refused-search.ts';
export { schemasKnowing } from './operations/schemas-knowing.ts';
export { type SearchPlatform, type SearchView, searchOperations } from './operations/search-operations.ts';
export { parseQuery, type QueryOptions } from './query-string/parse-query.ts';
export {
  type Hit,
  type PageSearch,
  type SearchPage,
  searchEntities,
} from './search-entities.ts';
export type { CursorValue } from './sort/sort-columns.ts';
export { parseSort, SortError, type SortKey } from './sort/sort-key.ts';
export {
  ALL,
  allOf,
  anyOf,
  type Condition,
  type FilterValue,
  NONE,
  notOf,
  type PatternPiece,
  type SearchTree,
} from './tree.ts';
