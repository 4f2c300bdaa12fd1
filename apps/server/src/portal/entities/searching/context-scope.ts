import { isEntityId } from '../../../entities/index.ts';
import type { SearchScope } from '../../../entities/search/index.ts';
import { invalid } from '../../../refusal.ts';
import { type Sql, sql, type TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';

const NOTHING: SearchScope = { ids: [] };

/**
 * Where a search may look: what is in reach, narrowed down by `filters_context` (spec/portal.md §5.5). `{portal_user: true}` is everything in
 * reach, `{contact: true}` what the mapped contact alone reaches, `{<schema>: <id>}` what is related to an entity that the user may see.
 * @throws Refusal 400 for other shapes, 403 for closed schemas
 */
export async function searchScope(
  queries: TenantQueries,
  access: PortalAccess,
  slugs: readonly string[],
  context: readonly unknown[] | undefined,
): Promise<SearchScope> {
  let scope = await access.scopeOf(slugs);
  for (const [at, item] of (context ?? []).entries()) {
    const entries = Object.entries(item ?? {});
    const [name, value] = entries[0] ?? [];
    const path = `body.filters_context[${at}]`;
    if (entries.length !== 1 || name === undefined)
      throw invalid({ path, message: 'must have exactly one member' });
    if (value === true && name === 'portal_user') continue;
    if (value === true && name === 'contact') {
      scope = { reachable: both(scope, access.reachableOfContact(slugs)) };
    } else if (typeof value === 'string') {
      const isOpen =
        isEntityId(value) && (await access.loadMany([value])).some(({ schema }) => schema === name);
      if (!isOpen) return NOTHING;
      scope = { reachable: both(scope, neighbours(queries.org, value)) };
    } else {
      throw invalid({
        path,
        message: 'must be portal_user or contact with true, or a schema with an entity id',
      });
    }
  }
  return scope;
}

function both(scope: SearchScope, other: Sql): Sql {
  const first = 'ids' in scope ? sql`select unnest(${[...scope.ids]}::uuid[]) as id` : scope.reachable;
  return sql`select s.id from (${first}) s where s.id in (${other})`;
}

function neighbours(org: string, id: string): Sql {
  return sql`select to_id from entity_edge where org_id = ${org} and from_id = ${id}::uuid
             union select from_id from entity_edge where org_id = ${org} and to_id = ${id}::uuid`;
}
