import {
  type EntityChanged,
  type EntityChangeListener,
  entityDocuments,
  relationItems,
} from '../../entities/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { CATALOG } from '../catalog/catalog.ts';
import type { CatalogEvent, EntityTrigger } from '../catalog/catalog-event.ts';
import { disabledEvents } from '../catalog/event-settings.ts';
import { emitEvents, type NewEvent } from './emit-event.ts';
import { hydrateEvent } from './hydrate-event.ts';

type Operation = EntityTrigger['operations'][number];

/** The catalog's name of what the entity domain did; undefined for what raises no events (a soft delete is a delete, a restore is nothing). */
const OPERATIONS: Readonly<Partial<Record<EntityChanged['operation'], Operation>>> = {
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
export function entityEventListener(clock: Clock): EntityChangeListener {
  return async (transaction, changes) => {
    const raised = changes.flatMap((change) =>
      TRIGGERED.filter((event) => triggers(event, change)).map((event) => ({ event, change })),
    );
    if (raised.length === 0) return;
    const disabled = await disabledEvents(transaction, [...new Set(raised.map(({ event }) => event.name))]);
    const events: NewEvent[] = [];
    for (const { event, change } of raised) {
      if (!disabled.has(event.name)) events.push(await describe(transaction, event, change));
    }
    await emitEvents(transaction, events, clock.now());
  };
}

function triggers({ trigger }: CatalogEvent, change: EntityChanged): boolean {
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

function touchedAttributes({ source, diff, changesets }: EntityChanged): ReadonlySet<string> {
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
function lostRelation({ before, after }: EntityChanged, attribute: string): boolean {
  const now = new Set(relatedIds(after?.doc[attribute]));
  return relatedIds(before?.doc[attribute]).some((id) => !now.has(id));
}

function relatedIds(value: unknown): string[] {
  return (relationItems(value) ?? []).map((item) => item.entity_id);
}

async function describe(
  transaction: TenantTransaction,
  event: CatalogEvent,
  change: EntityChanged,
): Promise<NewEvent> {
  const entity = change.after ?? change.before;
  const payload =
    event.graph && entity
      ? await hydrateEvent(transaction, event.graph, {
          node: event.graph.seed,
          entities: await entityDocuments(transaction, [entity]),
        })
      : {};
  return {
    name: event.name,
    payload,
    eventSource: 'entity-operation',
    sourceType: change.source.kind === 'portal' ? 'portal_user' : 'operation',
    ...sourceOf(change),
  };
}

function sourceOf({ source, activityId }: EntityChanged): { readonly source?: string } {
  const id = source.kind === 'portal' ? source.actor.id : activityId;
  return id === undefined ? {} : { source: id };
}
