import { findEntities } from '../../../entities/index.ts';
import { allOf, parseFilter, type SearchTree } from '../../../entities/search/index.ts';
import { invalid } from '../../../refusal.ts';
import type { TenantQueries } from '../../../storage/index.ts';

/**
 * The filters of targets that administrators have defined: entities of schema `target` with `entity_schema` and `entity_filters`. Those of another
 * schema than `slug` do not count.
 * @throws Refusal 400 for a target that does not exist
 */
export async function targetTree(
  queries: TenantQueries,
  slug: string,
  ids: readonly string[] | undefined,
): Promise<SearchTree> {
  const wanted = [...new Set(ids ?? [])];
  const found = (await findEntities(queries, wanted)).filter(({ schema }) => schema === 'target');
  const unknown = wanted.find((id) => !found.some((target) => target.id === id));
  if (unknown !== undefined) throw invalid({ path: 'body.targets', message: `has no target ${unknown}` });
  const own = found.filter(({ doc }) => doc['entity_schema'] === slug);
  return allOf(own.map(({ doc }) => parseFilter(doc['entity_filters'] ?? [], 'targets')));
}
