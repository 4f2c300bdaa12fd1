import type { Activity, ActivityOperation } from '../activity/activity.ts';
import { newActivityId } from '../activity/activity-id.ts';
import { NO_EFFECTS } from '../changesets/park-values.ts';
import type { Document } from '../model/document.ts';
import type { Entity } from '../model/entity.ts';
import type { Applied } from './apply-change.ts';
import { changedValues, diffDocuments, isEmptyDiff } from './diff.ts';
import type { ChangeSource, Diff, EntityChanged, Operation, WriteOptions } from './entity-change.ts';
import type { TouchedEntity } from './working-set.ts';

/** Title and verb by activity type. */
const WORDING: Readonly<Record<string, readonly [title: string, verb: string]>> = {
  EntityCreated: ['Entity created', 'created'],
  EntityUpdated: ['Entity updated', 'updated'],
  EntitySoftDeleted: ['Entity deleted', 'deleted'],
  EntityDeleted: ['Entity purged', 'purged'],
  EntityUpdatedFromPortal: ['Changed in the portal', 'changed'],
  EntityRestored: ['Entity restored', 'restored'],
  RelationsAdded: ['Relations added', 'related'],
  RelationsRemoved: ['Relations removed', 'unrelated'],
  ChangesetCreated: ['Change proposed', 'proposed a change of'],
  ChangesetAutoCleared: ['Proposed change confirmed', 'confirmed a proposed change of'],
  ChangesetApplied: ['Proposed change applied', 'applied a proposed change of'],
  ChangesetDismissed: ['Proposed change dismissed', 'dismissed a proposed change of'],
};

/** What one wish changed, entity by entity: the wished one first, then the other sides of its relations. */
export function changesOf(
  applied: Applied,
  touched: readonly TouchedEntity[],
  source: ChangeSource,
  activityId: string,
): EntityChanged[] {
  const own = applied.entity.id;
  const ordered = [...touched.filter(({ id }) => id === own), ...touched.filter(({ id }) => id !== own)];
  return ordered.map(({ id, before, after }) => ({
    operation: id === own ? operationOf(applied) : relationOperation(applied, before, after),
    before,
    after,
    diff: diffOf(before, after),
    changesets: id === own ? applied.effects : NO_EFFECTS,
    source,
    activityId: after === undefined ? undefined : activityId,
  }));
}

function diffOf(before: Entity | undefined, after: Entity | undefined): Diff {
  if (!after) return { added: {}, updated: {}, deleted: before?.doc ?? {} };
  return diffDocuments(before?.doc ?? {}, after.doc);
}

function operationOf(applied: Applied): Operation {
  switch (applied.outcome) {
    case 'created':
      return 'createEntity';
    case 'deleted':
      return 'softDeleteEntity';
    case 'purged':
      return 'deleteEntity';
    case 'restored':
      return 'restoreEntity';
    default:
      return 'updateEntity';
  }
}

/** The other side of a pair gained an item, lost one, or lost one because its target was purged. */
function relationOperation(
  applied: Applied,
  before: Entity | undefined,
  after: Entity | undefined,
): Operation {
  if (applied.outcome === 'purged') return 'relationsDeleted';
  const lengths = [before, after].map((entity) => JSON.stringify(entity?.doc ?? {}).length);
  return (lengths[1] ?? 0) > (lengths[0] ?? 0) ? 'relationsAdded' : 'relationsRemoved';
}

/** The activity that a wish leaves behind when it does not join an existing one. */
export function activityOf(
  applied: Applied,
  changes: readonly EntityChanged[],
  { source, activityType: named }: WriteOptions,
  now: Date,
): Activity {
  const type = (applied.outcome === 'updated' ? named : undefined) ?? activityType(applied, changes);
  const { entity } = applied;
  const [title, verb] = WORDING[type] ?? [type, 'changed'];
  return {
    id: newActivityId(now),
    timestamp: now,
    type,
    title,
    message: `{{caller}} ${verb} {{entity payload.entity.id payload.entity.schema}}`,
    payload: { entity: { id: entity.id, schema: entity.schema } },
    caller: source.caller ?? {},
    pending: false,
  };
}

function activityType(applied: Applied, changes: readonly EntityChanged[]): string {
  switch (applied.outcome) {
    case 'created':
      return 'EntityCreated';
    case 'deleted':
      return 'EntitySoftDeleted';
    case 'purged':
      return 'EntityDeleted';
    case 'restored':
      return 'EntityRestored';
    default:
      return updateType(applied, changes);
  }
}

/** A write that only parked, confirmed or resolved changes is named after that. */
function updateType({ effects }: Applied, changes: readonly EntityChanged[]): string {
  if (effects.applied.length > 0) return 'ChangesetApplied';
  if (effects.dismissed.length > 0) return 'ChangesetDismissed';
  const diff = changes[0]?.diff;
  const touched = diff ? [diff.added, diff.updated, diff.deleted].flatMap((part) => Object.keys(part)) : [];
  if (touched.some((name) => name !== '_changesets')) return 'EntityUpdated';
  if (effects.created.length > 0) return 'ChangesetCreated';
  return effects.cleared.length > 0 ? 'ChangesetAutoCleared' : 'EntityUpdated';
}

/**
 * A change as an operation of its activity. `payload` holds the new values of what was touched; for a created entity that is `diff.added`
 * and is not stored twice.
 */
export function operationRecord(change: EntityChanged, org: string): ActivityOperation | undefined {
  const entity = change.after;
  if (!entity) return undefined;
  const payload: Document = changedValues(change.diff, entity.doc);
  return {
    entity: entity.id,
    org,
    operation: change.operation,
    params: { id: entity.id, slug: entity.schema },
    ...(change.operation === 'createEntity' || isEmptyDiff(change.diff) ? {} : { payload }),
    diff: change.diff,
    source_context: sourceContext(change.source),
  };
}

/** Contract schema `EntityOperationSourceContext`; an ERP write names its integration and event. */
function sourceContext({ kind, label, actor, integrationId, eventId }: ChangeSource): Document {
  return {
    source: kind,
    ...(label ? { source_label: label } : {}),
    ...(integrationId ? { source_system: integrationId } : {}),
    ...(eventId ? { source_reference: eventId } : {}),
    actor_type: actor.type,
    ...(actor.id ? { actor_id: actor.id } : {}),
  };
}
