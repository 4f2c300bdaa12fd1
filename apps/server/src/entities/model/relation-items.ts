import { type Document, isDocument, stringsOf } from './document.ts';

/** One item of a relation attribute, as it is stored: `{ entity_id, _schema, _tags? }`. */
export interface RelationItem {
  readonly entity_id: string;
  readonly _schema?: string;
  readonly _tags?: readonly string[];
  readonly [member: string]: unknown;
}

/** One item of a reference attribute: a pointer to a value inside another entity (spec/entities.md §1.2). */
export interface RelationReference {
  readonly entity_id: string;
  /** Dots and indexes, `address` or `address.0`. */
  readonly path: string;
  /** `_id` of the item of a repeatable attribute; it wins over an index in the path. */
  readonly _id?: string;
  readonly [member: string]: unknown;
}

/** A row of `entity_edge` without its organisation and origin. */
export interface Edge {
  readonly attribute: string;
  readonly toId: string;
  readonly position: number;
  readonly tags: readonly string[];
}

/** The relation items of an attribute's value; undefined when it is not a relation. Items without an `entity_id` are left out. */
export function relationItems(value: unknown): RelationItem[] | undefined {
  if (!isDocument(value) || !Array.isArray(value['$relation'])) return undefined;
  return value['$relation'].filter(isRelationItem);
}

function isRelationItem(item: unknown): item is RelationItem {
  return isDocument(item) && typeof item['entity_id'] === 'string';
}

/** The reference items of an attribute's value; undefined when it is not a reference attribute. */
export function relationReferences(value: unknown): RelationReference[] | undefined {
  if (!isDocument(value) || !Array.isArray(value['$relation_ref'])) return undefined;
  return value['$relation_ref'].filter(isRelationReference);
}

function isRelationReference(item: unknown): item is RelationReference {
  return isDocument(item) && typeof item['entity_id'] === 'string' && typeof item['path'] === 'string';
}

/** The edges a document stands for: one per attribute and target, at the first place where the target is named. */
export function edgesOf(doc: Document): Edge[] {
  const edges: Edge[] = [];
  for (const attribute of Object.keys(doc)) {
    const items = relationItems(doc[attribute]);
    if (items === undefined) continue;
    const named = new Set<string>();
    for (const [position, item] of items.entries()) {
      if (named.has(item.entity_id)) continue;
      named.add(item.entity_id);
      edges.push({ attribute, toId: item.entity_id, position, tags: stringsOf(item._tags) });
    }
  }
  return edges;
}
