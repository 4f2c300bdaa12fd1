import { type Document, hydrateWith, referencedIds } from '../../../entities/index.ts';
import type { EntityReference, PortalAccess } from '../../access/index.ts';

/** What becomes of related entities that the user may not see: a bare reference, or nothing. */
interface Hydration {
  readonly hidden: 'reference' | 'nothing';
  /** Only what is in reach; otherwise also the parties to an entity, such as its customers. */
  readonly strictly: boolean;
  /** The entities of the documents, where they are known to be in reach. */
  readonly holders: readonly EntityReference[];
}

/** Puts the entities that documents refer to in the place of their relations, one level deep, as far as the user may see them (spec/portal.md §5.4). */
export async function hydrateRelated(
  access: PortalAccess,
  documents: readonly Document[],
  { hidden, strictly, holders }: Hydration,
): Promise<Document[]> {
  const { entities, show } = await access.related(referencedIds(documents), strictly, holders);
  return hydrateWith(documents, entities, (entity) => {
    const shown = show(entity);
    return shown ?? (hidden === 'reference' ? { entity_id: entity.id, _schema: entity.schema } : undefined);
  });
}
