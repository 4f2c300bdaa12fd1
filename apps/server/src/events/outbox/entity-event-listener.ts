import type { Clock } from '../../ports/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { CATALOG } from '../catalog/catalog.ts';
import type { CatalogEvent, EntityTrigger } from '../catalog/catalog-event.ts';
import { disabledEvents } from '../catalog/event-settings.ts';
import { emitEvents, type NewEvent } from './emit-event.ts';
import type { EntityGraph, WireEntity } from './entity-graph.ts';
import { hydrateEvent } from './hydrate-event.ts';

interface EntityState {
  readonly id: string;
  readonly schema: string;
  readonly doc: Readonly<Record<string, unknown>>;
}

/** What the entity domain tells about one write; its `EntityChanged` is one. */
export interface ObservedChange {
  readonly operation: string;
  readonly before: EntityState | undefined;
  readonly after: EntityState | undefined;
  readonly diff: {
    readonly added: Readonly<Record<string, unknown>>;
    readonly updated: Readonly<Record<string, unknown>>;
    readonly deleted: Readonly<Record<string, unknown>>;
  };
  /** Attributes whose parked values came or went: both count as a change (portal.md 11.1). */
  readonly changesets: { readonly created: readonly string[]; readonly cleared: readonly string[] };
  readonly source: { readonly kind: string; readonly actor: { readonly id?: string } };
  readonly activityId: string | undefined;
}

type Operation = EntityTrigger['operations'][number];

/** The catalog's name of what the entity domain did; undefined for what raises no events (a soft delete is a delete, a restore is nothing). */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  createEntity: 'createEntity',
  updateEntity: 'updateEntity',
  softDeleteEntity: 'deleteEntity',
  relationsAdded: 'updateEntity',
  relationsRemoved: 'updateEntity',
  relationsDeleted: 'updateEntity',
};

const TRIGGERED = CATALOG.filter(({ trigger }) => trigger !== undefined);

/**
 * Listens to entity writes and raises the events they trigger, in the same transaction (spec/entities.md §11). Writes of the ERP pipeline raise
 * none, or every sync would be sent back; they do when they confirm a value that was waiting for it.
 */
export function entityEventListener(clock: Clock, graph: EntityGraph) {
  return async (transaction: TenantTransaction, changes: readonly ObservedChange[]): Promise<void> => {
    const raised = changes.flatMap((change) =>
      TRIGGERED.filter((event) => triggers(event, change)).map((event) => ({ event, change })),
    );
    if (raised.length === 0) return;
    const disabled = await disabledEvents(transaction, [...new Set(raised.map(({ event }) => event.name))]);
    const events: NewEvent[] = [];
    for (const { event, change } of raised) {
      if (!disabled.has(event.name)) events.push(await describe(transaction, graph, event, change));
    }
    await emitEvents(transaction, events, clock.now());
  };
}

function triggers({ trigger }: CatalogEvent, change: ObservedChange): boolean {
  const operation = OPERATIONS[change.operation];
  const schema = (change.after ?? change.before)?.schema;
  if (!trigger || !operation || schema === undefined) return false;
  if (!trigger.operations.includes(operation) || !trigger.schemas.includes(schema)) return false;
  const touched = touchedAttributes(change);
  if (!trigger.attributes) return change.source.kind !== 'erp';
  return trigger.attributes.some(
    (attribute) => touched.has(attribute) && (!trigger.removedOnly || lostRelation(change, attribute)),
  );
}

function touchedAttributes({ source, diff, changesets }: ObservedChange): ReadonlySet<string> {
  if (source.kind === 'erp') return new Set(changesets.cleared);
  const { added, updated, deleted } = diff;
  return new Set([
    ...Object.keys(added),
    ...Object.keys(updated),
    ...Object.keys(deleted),
    ...changesets.created,
    ...changesets.cleared,
  ]);
}

/** Whether a relation attribute names fewer entities than before. */
function lostRelation({ before, after }: ObservedChange, attribute: string): boolean {
  const now = new Set(relatedIds(after?.doc[attribute]));
  return relatedIds(before?.doc[attribute]).some((id) => !now.has(id));
}

function relatedIds(value: unknown): string[] {
  if (
    typeof value !== 'object' ||
    value === null ||
    !('$relation' in value) ||
    !Array.isArray(value.$relation)
  )
    return [];
  return value.$relation.flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'entity_id' in item && typeof item.entity_id === 'string'
      ? [item.entity_id]
      : [],
  );
}

async function describe(
  transaction: TenantTransaction,
  graph: EntityGraph,
  event: CatalogEvent,
  change: ObservedChange,
): Promise<NewEvent> {
  const state = change.after ?? change.before;
  const entity: WireEntity | undefined = state && { ...state.doc, _id: state.id, _schema: state.schema };
  const [loaded] = state ? await graph.load(transaction, [state.id]) : [];
  const start = loaded ?? entity;
  const payload =
    event.graph && start
      ? await hydrateEvent(transaction, graph, event.graph, { node: event.graph.seed, entities: [start] })
      : {};
  return {
    name: event.name,
    payload,
    eventSource: 'entity-operation',
    sourceType: change.source.kind === 'portal' ? 'portal_user' : 'operation',
    ...sourceOf(change),
  };
}

function sourceOf({ source, activityId }: ObservedChange): { readonly source?: string } {
  const id = source.kind === 'portal' ? source.actor.id : activityId;
  return id === undefined ? {} : { source: id };
}
