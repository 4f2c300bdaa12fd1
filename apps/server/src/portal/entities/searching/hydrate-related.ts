import {
  type Document,
  findEntities,
  hydrate,
  relationItems,
  relationReferences,
} from '../../../entities/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';

/** What becomes of related entities that the user may not see: a bare reference, or nothing. */
interface Hydration {
  readonly hidden: 'reference' | 'nothing';
  /** Only what is in reach; otherwise also the parties to an entity, such as its customers. */
  readonly strictly: boolean;
}

/** Puts the entities that documents refer to in the place of their relations, one level deep, as far as the user may see them (spec/portal.md §5.4). */
export async function hydrateRelated(
  queries: TenantQueries,
  access: PortalAccess,
  documents: readonly Document[],
  { hidden, strictly }: Hydration,
): Promise<Document[]> {
  const ids = documents.flatMap((document) => Object.values(document).flatMap(targetsOf));
  const show = await access.related(await findEntities(queries, ids), strictly);
  return hydrate(queries, documents, (entity) => {
    const shown = show(entity);
    return shown ?? (hidden === 'reference' ? { entity_id: entity.id, _schema: entity.schema } : undefined);
  });
}

function targetsOf(value: unknown): string[] {
  return [...(relationItems(value) ?? []), ...(relationReferences(value) ?? [])].map(
    ({ entity_id }) => entity_id,
  );
}
