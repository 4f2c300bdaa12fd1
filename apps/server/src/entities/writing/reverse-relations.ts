import type { Entity } from '../model/entity.ts';
import { edgesOf, type RelationItem, relationItems } from '../model/relation-items.ts';
import { type EntitySchema, reverseAttribute } from '../schemas/entity-schema.ts';
import type { WorkingSet } from './working-set.ts';

/**
 * Keeps the other side of reverse pairs in step after an entity's relations have changed (spec/entities.md §3.1): targets that came get the
 * entity in their attribute, targets that went lose it. Where the attribute on the other side is `has_one`, the partner it held before is
 * replaced, and loses its item in turn. All entities involved are in the working set.
 */
export function keepReverseInStep(set: WorkingSet, before: Entity | undefined, after: Entity): void {
  const schema = set.schemas.get(after.schema);
  const earlier = new Set(edgesOf(before?.doc ?? {}).map(edgeKey));
  const now = new Set(edgesOf(after.doc).map(edgeKey));
  for (const edge of edgesOf(before?.doc ?? {})) {
    if (!now.has(edgeKey(edge))) removeItem(set, backAttribute(set, schema, edge), edge.toId, after.id);
  }
  for (const edge of edgesOf(after.doc)) {
    if (!earlier.has(edgeKey(edge))) addItem(set, schema, edge, after);
  }
}

interface Pointer {
  readonly attribute: string;
  readonly toId: string;
}

function edgeKey({ attribute, toId }: Pointer): string {
  return `${attribute} ${toId}`;
}

function backAttribute(set: WorkingSet, schema: EntitySchema, edge: Pointer): string | undefined {
  const target = set.schemaOf(edge.toId);
  return target && reverseAttribute(schema, edge.attribute, target);
}

function addItem(set: WorkingSet, schema: EntitySchema, edge: Pointer, from: Entity): void {
  const attribute = backAttribute(set, schema, edge);
  const target = set.current(edge.toId);
  if (attribute === undefined || !target) return;
  const items = relationItems(target.doc[attribute]) ?? [];
  if (items.some((item) => item.entity_id === from.id)) return;
  const item: RelationItem = { entity_id: from.id, _schema: from.schema };
  if (!isHasOne(set, edge.toId, attribute)) {
    setItems(set, target, attribute, [...items, item]);
    return;
  }
  for (const displaced of items) removeItem(set, edge.attribute, displaced.entity_id, target.id);
  setItems(set, target, attribute, [item]);
}

/** A target that was purged, or points elsewhere by now, has nothing to remove. */
function removeItem(set: WorkingSet, attribute: string | undefined, fromId: string, targetId: string): void {
  const entity = set.current(fromId);
  if (attribute === undefined || !entity) return;
  const items = relationItems(entity.doc[attribute]);
  if (!items?.some((item) => item.entity_id === targetId)) return;
  setItems(
    set,
    entity,
    attribute,
    items.filter((item) => item.entity_id !== targetId),
  );
}

function setItems(set: WorkingSet, entity: Entity, attribute: string, items: readonly RelationItem[]): void {
  const { [attribute]: _replaced, ...others } = entity.doc;
  const doc = items.length === 0 ? others : { ...others, [attribute]: { $relation: items } };
  set.change(entity.id, { ...entity, doc });
}

function isHasOne(set: WorkingSet, id: string, attribute: string): boolean {
  return set.schemaOf(id)?.attribute(attribute)?.relation_type === 'has_one';
}

/** Takes a purged entity out of every relation attribute of an entity that points to it. */
export function dropTarget(set: WorkingSet, fromId: string, purgedId: string): void {
  const entity = set.current(fromId);
  for (const edge of edgesOf(entity?.doc ?? {})) {
    if (edge.toId === purgedId) removeItem(set, edge.attribute, fromId, purgedId);
  }
}
