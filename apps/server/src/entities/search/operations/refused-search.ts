import { invalid, type Refusal } from '../../../refusal.ts';
import { AggregationError } from '../aggregations/aggregation.ts';
import { UnknownFieldError } from '../compile/compile-context.ts';
import { FilterError } from '../filter/filter-error.ts';
import { QuerySyntaxError } from '../query-string/query-syntax-error.ts';
import { SortError } from '../sort/sort-key.ts';

/** Where in the request the parts of a search stand, as paths for error messages. */
export interface SearchPaths {
  readonly query: string;
  readonly sort: string;
}

/**
 * Turns what the search throws about a request into a 400 with a stable code: `INVALID_QUERY`, `INVALID_FILTER`, `INVALID_SORT`,
 * `INVALID_AGGREGATION`, `UNKNOWN_FIELD`. Undefined for every other error. Filter and aggregation errors name their own path below `body`.
 */
export function refusedSearch(error: unknown, paths: SearchPaths): Refusal | undefined {
  if (error instanceof QuerySyntaxError)
    return invalid({ path: paths.query, message: error.message }, 'INVALID_QUERY');
  if (error instanceof UnknownFieldError)
    return invalid({ path: paths.query, message: error.message }, 'UNKNOWN_FIELD');
  if (error instanceof FilterError)
    return invalid({ path: `body.${error.path}`, message: error.message }, 'INVALID_FILTER');
  if (error instanceof SortError)
    return invalid({ path: paths.sort, message: error.message }, 'INVALID_SORT');
  if (error instanceof AggregationError) {
    return invalid({ path: `body.${error.path}`, message: error.message }, 'INVALID_AGGREGATION');
  }
  return undefined;
}
