import type { TenantQueries } from '../../storage/index.ts';
import { type Document, isDocument } from '../model/document.ts';
import { type Entity, toWire } from '../model/entity.ts';
import { type RelationReference, relationItems, relationReferences } from '../model/relation-items.ts';
import { findEntities } from './read-entity.ts';

/** Decides which of the related entities a caller may see, and what of them. Undefined leaves one out. */
export type Visibility = (entity: Entity) => Document | undefined;

/**
 * Replaces the relations of documents by the entities they point to, in one statement for all of them (spec/entities.md §1.3): each related
 * entity carries its original item under `$relation`, each referenced value its item under `$relation_ref`. One level deep; inside related
 * entities relations stay raw. Deleted, unknown and invisible targets are left out; the stored order stays.
 * @param documents JSON of entities, as `toWire` answers it
 */
export async function hydrate(
  queries: TenantQueries,
  documents: readonly Document[],
  visible: Visibility = toWire,
): Promise<Document[]> {
  return hydrateWith(documents, await findEntities(queries, referencedIds(documents)), visible);
}

/** The ids of all entities that documents refer to. */
export function referencedIds(documents: readonly Document[]): string[] {
  return documents.flatMap((document) => Object.values(document).flatMap(targetIds));
}

/** The same as `hydrate` with targets that have been read already; those missing are left out. */
export function hydrateWith(
  documents: readonly Document[],
  targets: readonly Entity[],
  visible: Visibility,
): Document[] {
  const shown = new Map(targets.map((entity) => [entity.id, visible(entity)]));
  return documents.map((document) =>
    Object.fromEntries(Object.entries(document).map(([name, value]) => [name, hydrateValue(value, shown)])),
  );
}

function targetIds(value: unknown): string[] {
  return [...(relationItems(value) ?? []), ...(relationReferences(value) ?? [])].map(
    (item) => item.entity_id,
  );
}

function hydrateValue(value: unknown, shown: ReadonlyMap<string, Document | undefined>): unknown {
  const items = relationItems(value);
  if (items) {
    return items.flatMap((item) => {
      const target = shown.get(item.entity_id);
      return target ? [{ ...target, $relation: item }] : [];
    });
  }
  const references = relationReferences(value);
  if (!references) return value;
  return references.flatMap((reference) => {
    const target = shown.get(reference.entity_id);
    const referenced = target && referencedValue(target, reference);
    return target && referenced !== undefined ? [referencedEntity(target, reference, referenced)] : [];
  });
}

/** The entity's data with the referenced value in the place of the whole attribute. */
function referencedEntity(target: Document, reference: RelationReference, value: unknown): Document {
  const [attribute = reference.path] = reference.path.split('.');
  return { ...target, [attribute]: value, $relation_ref: reference };
}

/**
 * The value a reference points to inside an entity (spec/entities.md §1.2): the item with its `_id` in the list at the path, otherwise what
 * the path's names and indexes lead to. Undefined when the item or the value is gone.
 */
export function referencedValue(
  target: Document,
  reference: Pick<RelationReference, 'path' | '_id'>,
): unknown {
  const steps = reference.path.split('.');
  if (reference._id !== undefined) {
    const listPath = steps.filter((step, index) => index < steps.length - 1 || !/^\d+$/.test(step));
    const list = follow(target, listPath);
    const item = Array.isArray(list)
      ? list.find((candidate: unknown) => isDocument(candidate) && candidate['_id'] === reference._id)
      : undefined;
    if (item !== undefined || listPath.length === steps.length) return item;
  }
  return follow(target, steps);
}

function follow(document: Document, steps: readonly string[]): unknown {
  let value: unknown = document;
  for (const step of steps) {
    if (Array.isArray(value)) value = value[Number(step)];
    else value = isDocument(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}
