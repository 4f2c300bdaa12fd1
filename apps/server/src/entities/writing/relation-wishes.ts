import { arrayOperation } from '../array-operations.ts';
import { changesetsOf, proposedValues } from '../changesets/changeset.ts';
import { type Document, isDocument } from '../model/document.ts';
import { relationItems } from '../model/relation-items.ts';
import { type EntitySchema, reverseAttribute } from '../schemas/entity-schema.ts';
import { sentRelationItems } from './array-attributes.ts';
import type { EntityChange } from './entity-change.ts';
import type { WorkingSet } from './working-set.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Tells whether a text can be the id of an entity; anything else is simply unknown and must not reach a `uuid` column. */
export function isEntityId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** What a change wants of one relation attribute. */
export interface RelationWish {
  readonly attribute: string;
  readonly ids: readonly string[];
  /** Whether items that are not named go away. */
  readonly replaces: boolean;
}

/** The relation attributes a change writes. Without the stored document, those that `put` clears or a changeset holds are not known. */
export function relationWishes(
  change: EntityChange,
  stored: Document,
  schema?: EntitySchema,
): RelationWish[] {
  switch (change.kind) {
    case 'create':
    case 'patch':
      return wishesOf(change.attributes, stored);
    case 'put': {
      const absent = Object.keys(stored).filter(
        (name) => schema?.attribute(name) && !(name in change.attributes),
      );
      return wishesOf(
        { ...Object.fromEntries(absent.map((name) => [name, null])), ...change.attributes },
        stored,
      );
    }
    case 'apply-changeset': {
      const changeset = changesetsOf(stored)[change.attribute];
      return changeset ? wishesOf(proposedValues(change.attribute, changeset), stored) : [];
    }
    default:
      return [];
  }
}

function wishesOf(attributes: Document, stored: Document): RelationWish[] {
  return Object.entries(attributes).flatMap(([attribute, value]) => {
    const items = sentRelationItems(value);
    if (items.length === 0 && relationItems(stored[attribute]) === undefined) return [];
    const ids = items.map((item) => (isDocument(item) ? item['entity_id'] : undefined)).filter(isEntityId);
    const operation = isDocument(value) ? arrayOperation(value['$relation']) : undefined;
    return [{ attribute, ids, replaces: operation === undefined || operation.kind === '_set' }];
  });
}

/**
 * The ids of other entities that a change rewrites through reverse pairs: targets that come, targets that go, and the partners that those
 * that come hold so far in a `has_one` attribute. Partners can only be told once the targets are in the set.
 */
export function rewrittenByPairs(
  set: WorkingSet,
  change: EntityChange,
  schema: EntitySchema,
  stored: Document,
): string[] {
  return relationWishes(change, stored, schema).flatMap(({ attribute, ids, replaces }) => {
    const old = relationItems(stored[attribute]) ?? [];
    const came = ids.filter(
      (id) => !old.some((item) => item.entity_id === id) && backFor(set, schema, attribute, slugOf(set, id)),
    );
    const went = old
      .filter((item) => replaces && !ids.includes(item.entity_id))
      .filter((item) => backFor(set, schema, attribute, item._schema))
      .map((item) => item.entity_id);
    const displaced = came.flatMap((id) => displacedBy(set, schema, attribute, id));
    return [...came, ...went, ...displaced].filter(isEntityId);
  });
}

function slugOf(set: WorkingSet, id: string): string | undefined {
  return set.target(id)?.schema;
}

function backFor(
  set: WorkingSet,
  schema: EntitySchema,
  attribute: string,
  slug: string | undefined,
): string | undefined {
  const target = set.schemas.find(slug ?? '');
  return target && reverseAttribute(schema, attribute, target);
}

function displacedBy(set: WorkingSet, schema: EntitySchema, attribute: string, id: string): string[] {
  const target = set.current(id);
  const targetSchema = set.schemaOf(id);
  const back = targetSchema && reverseAttribute(schema, attribute, targetSchema);
  if (!target || !back || targetSchema.attribute(back)?.relation_type !== 'has_one') return [];
  return (relationItems(target.doc[back]) ?? []).map((item) => item.entity_id);
}
