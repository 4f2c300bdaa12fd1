import { findEntities } from '../../../entities/index.ts';
import { allOf, NONE, parseFilter, type SearchTree } from '../../../entities/search/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';

/**
 * The filters of targets that administrators have defined: entities of schema `target` with `entity_schema` and `entity_filters`. Those of another
 * schema than `slug` do not count. A target that does not exist (any more) has nothing in it: documented calls and saved views name some.
 */
export async function targetTree(
  queries: TenantQueries,
  slug: string,
  ids: readonly string[] | undefined,
  now: Date,
): Promise<SearchTree> {
  const wanted = [...new Set(ids ?? [])];
  const found = (await findEntities(queries, wanted)).filter(({ schema }) => schema === 'target');
  if (found.length < wanted.length) return NONE;
  const own = found.filter(({ doc }) => doc['entity_schema'] === slug);
  return allOf(own.map(({ doc }) => parseFilter(doc['entity_filters'] ?? [], 'targets', undefined, now)));
}
