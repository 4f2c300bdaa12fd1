import { conflict, invalid, notFound, Refusal } from '../../refusal.ts';
import { changesetsOf, proposedValues } from '../changesets/changeset.ts';
import { NO_EFFECTS } from '../changesets/park-values.ts';
import { type Document, isDocument } from '../model/document.ts';
import { documentProblems, MOST_DOCUMENT_BYTES, mostBytes } from '../model/document-limits.ts';
import type { Entity } from '../model/entity.ts';
import { relationItems } from '../model/relation-items.ts';
import { sentRelationItems } from './array-attributes.ts';
import { diffDocuments, isEmptyDiff } from './diff.ts';
import type { ChangesetEffects, WriteOptions } from './entity-change.ts';
import type { IdentifiedChange } from './load-working-set.ts';
import {
  applyProposal,
  dismissProposal,
  type Merged,
  mergeAttributes,
  newDocument,
} from './merge-attributes.ts';
import { dropTarget, keepReverseInStep } from './reverse-relations.ts';
import { entityTitle } from './title.ts';
import type { WorkingSet } from './working-set.ts';

/** What one wish did to its entity, in memory. */
export interface Applied {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted' | 'restored' | 'purged';
  readonly before: Entity | undefined;
  readonly entity: Entity;
  readonly effects: ChangesetEffects;
}

export interface ChangeContext {
  readonly options: WriteOptions;
  readonly org: string;
  readonly now: Date;
  /** The sequence numbers drawn for a new entity, by its id. */
  readonly numbers: ReadonlyMap<string, Document>;
}

/**
 * Applies one wish to the working set. Throws a `Refusal` when it cannot be done; the caller then takes back what the wish had changed.
 * 400 for a document that cannot be stored or relations to unknown entities, 404 for an entity or schema that is not there, 409 for a
 * failed precondition, 413 for a document over 1 MiB.
 */
export function applyChange(set: WorkingSet, change: IdentifiedChange, context: ChangeContext): Applied {
  switch (change.kind) {
    case 'create':
      return create(set, change, context);
    case 'patch':
    case 'put': {
      const entity = liveEntity(set, change);
      if (change.unchangedSince && change.unchangedSince < entity.updatedAt) {
        throw conflict('A newer version of the entity exists', 'ENTITY_CHANGED');
      }
      refuseUnstorable(change.attributes);
      const schema = set.schemas.get(entity.schema);
      const slugOf = (id: string) => set.target(id)?.schema;
      const merged = mergeAttributes(schema, entity.doc, change, context.options, slugOf, context.now);
      refuseUnknownTargets(set, change.attributes, entity.doc);
      return store(set, entity, merged, context, sentTitle(change.attributes) ?? entity.title);
    }
    case 'apply-changeset':
    case 'dismiss-changeset':
      return resolveChangeset(set, change, context);
    case 'delete':
      return softDelete(set, change, context);
    case 'restore':
      return restore(set, change, context);
    case 'purge':
      return purge(set, change);
  }
}

function create(
  set: WorkingSet,
  change: IdentifiedChange & { kind: 'create' },
  context: ChangeContext,
): Applied {
  const schema = set.schemas.get(change.schema);
  if (change.attributes['_id'] !== undefined && change.attributes['_id'] !== null) {
    throw invalid({ path: '_id', message: 'is given by the platform' });
  }
  refuseUnstorable(change.attributes);
  const doc = newDocument(
    schema,
    change.attributes,
    context.numbers.get(change.id) ?? {},
    context.options,
    (id) => set.target(id)?.schema,
  );
  refuseUnknownTargets(set, change.attributes, {});
  const { actor } = context.options.source;
  const owners =
    actor.type === 'user' && actor.id ? { _owners: [{ org_id: context.org, user_id: actor.id }] } : {};
  const entity: Entity = {
    org: context.org,
    id: change.id,
    schema: schema.slug,
    title: entityTitle(schema, change.id, doc, sentTitle(change.attributes)),
    doc: { ...doc, ...owners },
    createdAt: context.now,
    updatedAt: context.now,
    deletedAt: undefined,
  };
  set.addCreated(entity);
  keepReverseInStep(set, undefined, entity);
  return { outcome: 'created', before: undefined, entity, effects: NO_EFFECTS };
}

function store(
  set: WorkingSet,
  entity: Entity,
  merged: Merged,
  context: ChangeContext,
  title: string,
): Applied {
  const schema = set.schemas.get(entity.schema);
  const newTitle = entityTitle(schema, entity.id, merged.doc, title);
  if (newTitle === entity.title && isEmptyDiff(diffDocuments(entity.doc, merged.doc))) {
    return { outcome: 'unchanged', before: entity, entity, effects: NO_EFFECTS };
  }
  const after = { ...entity, doc: merged.doc, title: newTitle, updatedAt: context.now };
  set.change(entity.id, after);
  keepReverseInStep(set, entity, after);
  return {
    outcome: 'updated',
    before: entity,
    entity: set.current(entity.id) ?? after,
    effects: merged.effects,
  };
}

function resolveChangeset(
  set: WorkingSet,
  change: IdentifiedChange & { kind: 'apply-changeset' | 'dismiss-changeset' },
  context: ChangeContext,
): Applied {
  const entity = liveEntity(set, change);
  const changeset = changesetsOf(entity.doc)[change.attribute];
  if (!changeset) throw notFound(`A pending change of ${change.attribute}`, 'CHANGESET_NOT_FOUND');
  const merged =
    change.kind === 'apply-changeset'
      ? applyProposal(entity.doc, change.attribute, changeset)
      : dismissProposal(entity.doc, change.attribute);
  if (change.kind === 'apply-changeset') {
    refuseUnknownTargets(set, proposedValues(change.attribute, changeset), entity.doc);
  }
  return store(set, entity, merged, context, entity.title);
}

function softDelete(set: WorkingSet, change: IdentifiedChange, context: ChangeContext): Applied {
  const entity = storedEntity(set, change);
  if (entity.deletedAt) return { outcome: 'unchanged', before: entity, entity, effects: NO_EFFECTS };
  const after = { ...entity, deletedAt: context.now, updatedAt: context.now };
  set.change(entity.id, after);
  return { outcome: 'deleted', before: entity, entity: after, effects: NO_EFFECTS };
}

function restore(set: WorkingSet, change: IdentifiedChange, context: ChangeContext): Applied {
  const entity = storedEntity(set, change);
  if (!entity.deletedAt) throw new Refusal(400, 'ENTITY_NOT_DELETED', 'The entity is not deleted');
  const after = { ...entity, deletedAt: undefined, updatedAt: context.now };
  set.change(entity.id, after);
  return { outcome: 'restored', before: entity, entity: after, effects: NO_EFFECTS };
}

function purge(set: WorkingSet, change: IdentifiedChange): Applied {
  const entity = storedEntity(set, change);
  for (const id of set.ids()) if (id !== entity.id) dropTarget(set, id, entity.id);
  set.change(entity.id, undefined);
  return { outcome: 'purged', before: entity, entity, effects: NO_EFFECTS };
}

function storedEntity(set: WorkingSet, change: IdentifiedChange): Entity {
  const entity = set.current(change.id);
  if (!entity || (change.schema !== undefined && entity.schema !== change.schema)) {
    throw notFound('Entity', 'ENTITY_NOT_FOUND');
  }
  return entity;
}

function liveEntity(set: WorkingSet, change: IdentifiedChange): Entity {
  const entity = storedEntity(set, change);
  if (entity.deletedAt) throw notFound('Entity', 'ENTITY_NOT_FOUND');
  return entity;
}

function sentTitle(attributes: Document): string | undefined {
  const title = attributes['_title'];
  return typeof title === 'string' && title.trim() !== '' ? title.trim() : undefined;
}

function refuseUnstorable(attributes: Document): void {
  const problems = documentProblems(attributes, 'body');
  if (problems.length > 0) throw invalid(problems);
}

/** Targets must exist and not be deleted, unless they were related before (clients send whole lists back). */
function refuseUnknownTargets(set: WorkingSet, sent: Document, stored: Document): void {
  const problems = Object.entries(sent).flatMap(([name, value]) => {
    const items = sentRelationItems(value);
    if (items.length === 0) return [];
    const before = new Set((relationItems(stored[name]) ?? []).map((item) => item.entity_id));
    return items.flatMap((item, index) => {
      const id = isDocument(item) ? item['entity_id'] : undefined;
      const target = typeof id === 'string' ? set.target(id) : undefined;
      if (target && (!target.isDeleted || before.has(String(id)))) return [];
      const path = `body.${name}.$relation[${index}].entity_id`;
      return [{ path, message: typeof id === 'string' ? `${id} is no entity` : 'is required' }];
    });
  });
  if (problems.length > 0) throw invalid(problems, 'UNKNOWN_RELATION_TARGET');
}

/** 413 when a document would be larger than 1 MiB of JSON. */
export function refuseTooLarge(entity: Entity): void {
  if (mostBytes(entity.doc) <= MOST_DOCUMENT_BYTES) return;
  const bytes = Buffer.byteLength(JSON.stringify(entity.doc));
  if (bytes <= MOST_DOCUMENT_BYTES) return;
  throw new Refusal(
    413,
    'ENTITY_TOO_LARGE',
    `An entity may have ${MOST_DOCUMENT_BYTES} bytes of JSON, this one would have ${bytes}`,
  );
}
