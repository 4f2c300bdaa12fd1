import { type Document, entityDocuments, findEntities, relatedIds } from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';

/** An entity as clients see it. */
export type WireEntity = Document;

/** Loads entities as clients see them; unknown and deleted ones are left out. */
export async function loadEntities(tenant: TenantQueries, ids: readonly string[]): Promise<WireEntity[]> {
  return entityDocuments(tenant, await findEntities(tenant, ids));
}

/** The entities of some schemas related to any of `ids`, in either direction, each once, at most `limit`. Two statements. */
export async function loadNeighbours(
  tenant: TenantQueries,
  ids: readonly string[],
  schemas: readonly string[],
  limit: number,
): Promise<WireEntity[]> {
  const related = await relatedIds(tenant, ids);
  const wanted = new Set(related.filter(({ schema }) => schemas.includes(schema)).map(({ id }) => id));
  return loadEntities(tenant, [...wanted].slice(0, limit));
}
