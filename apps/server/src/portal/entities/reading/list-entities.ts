import type { Entity } from '../../../entities/index.ts';
import { searchEntities } from '../../../entities/search/index.ts';
import { invalid } from '../../../refusal.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';

const LARGEST_PAGE = 1_000;

/** A page of entities in reach, newest first. */
export interface EntityPage {
  readonly total: number;
  readonly entities: readonly Entity[];
}

/**
 * The entities of some schemas that a portal user reaches, newest first (spec/portal.md §5.10).
 * @throws Refusal 403 for a closed schema or when the role grants none of them, 400 for a page that is none
 */
export async function listEntities(
  queries: TenantQueries,
  access: PortalAccess,
  schemas: readonly string[],
  page: { readonly from?: number | undefined; readonly size?: number | undefined },
): Promise<EntityPage> {
  const from = wholeNumber(page.from ?? 0, 'query.from');
  const size = Math.min(wholeNumber(page.size ?? 100, 'query.size'), LARGEST_PAGE);
  const found = await searchEntities(queries, {
    tree: { kind: 'equal', field: '_schema', values: [...schemas] },
    scope: await access.scopeOf(schemas, 'some'),
    sort: [{ field: '_created_at', descending: true }],
    from,
    size,
  });
  const entities = found.hits.map(({ entity }) => entity).filter((entity) => access.canView(entity));
  return { total: found.total, entities };
}

/** A number of a page; throws 400 unless it is whole and not negative. */
export function wholeNumber(value: number, path: string): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw invalid({ path, message: 'must be a whole number from 0' });
  return value;
}
