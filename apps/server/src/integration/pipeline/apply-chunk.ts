import type { EntityGraph } from '../../entities/index.ts';
import type { Metering } from '../../metering/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { applyEntityUpdate } from '../applying/apply-entity-update.ts';
import { applyReadings, pruneReadings, type ReadingContext } from '../applying/apply-readings.ts';
import { ApplySession } from '../applying/apply-session.ts';
import { type Identity, identityOf } from '../applying/identity.ts';
import { pruneEntities } from '../applying/prune-entities.ts';
import { wantedLinks } from '../applying/wanted-links.ts';
import { insertMonitoringRows } from '../inbound/monitoring-row.ts';
import { recordReadingSyncs, recordSyncs } from '../syncing/sync-store.ts';
import { EventOutcome, type OutcomeRecord } from './event-outcome.ts';
import type { Step } from './mapped-event.ts';
import { monitoringRows } from './monitoring-rows.ts';
import type { PreparedEvent } from './prepare-event.ts';
import { lockQueued, type QueueLane, removeQueued, saveProgress } from './queue-store.ts';

/** Some steps of one event, `from` up to but not including `to`. */
export interface ChunkPart {
  readonly prepared: PreparedEvent;
  readonly from: number;
  readonly to: number;
  /** The outcome before these steps. */
  readonly record: OutcomeRecord;
}

/** What a chunk is applied with. */
export interface ChunkSurroundings {
  readonly lane: QueueLane;
  readonly graph: EntityGraph;
  readonly readings: Pick<Metering, 'write' | 'prune'>;
  /** Writes every update by itself. */
  readonly oneByOne: boolean;
  readonly now: Date;
}

/** Raised when another worker has worked on the same events: the caller starts over from the queue. */
export class QueueMoved extends Error {
  readonly code = 'QUEUE_MOVED';
  constructor() {
    super('Somebody else has worked on these events');
    this.name = 'QueueMoved';
  }
}

/**
 * Takes the steps of a chunk in one transaction: updates, progress, monitoring rows and the end of finished events commit together, so that
 * a crash neither loses nor repeats an update (erp-integration.md 4.5). Answers the outcomes after the chunk, part by part.
 */
export async function applyChunk(
  tx: TenantTransaction,
  parts: readonly ChunkPart[],
  surroundings: ChunkSurroundings,
): Promise<OutcomeRecord[]> {
  const { lane, now } = surroundings;
  const { integrationId } = lane;
  const started = performance.now();
  const expected = parts.map(({ prepared, from }) => ({
    position: prepared.queued.position,
    progress: from,
  }));
  if (!(await lockQueued(tx, lane, expected))) throw new QueueMoved();
  const steps = parts.flatMap(({ prepared, from, to }) => prepared.steps.slice(from, to));
  const session = await ApplySession.open(tx, steps.flatMap(identitiesOf), surroundings);
  const outcomes: EventOutcome[] = [];
  for (const part of parts) {
    const outcome = new EventOutcome(part.record);
    outcomes.push(outcome);
    await takeSteps(session, part, outcome, surroundings);
  }
  await session.flush();
  await recordSyncs(tx, integrationId, session.synced, now);
  await recordReadingSyncs(tx, integrationId, session.readingsSynced, now);
  const share = (performance.now() - started) / parts.length;
  for (const outcome of outcomes) outcome.spend(share);
  await finish(tx, parts, outcomes, lane, now);
  return outcomes.map((outcome) => outcome.toJSON());
}

/** The identities that a step needs, as far as they are known in advance. */
export function identitiesOf(step: Step): Identity[] {
  if (step.kind === 'entity') {
    const { entitySchema, uniqueIdentifiers, identifierTypes, attributes, mode } = step.update;
    const own = identityOf(entitySchema, uniqueIdentifiers, identifierTypes);
    if (mode !== 'upsert') return [own];
    return [own, ...wantedLinks(attributes).flatMap(({ links }) => links.map(({ identity }) => identity))];
  }
  if (step.kind !== 'readings') return [];
  return step.updates.flatMap(({ meter, meterCounter }) => [
    identityOf('meter', meter.values, meter.types),
    ...(meterCounter ? [identityOf('meter_counter', meterCounter.values, meterCounter.types)] : []),
  ]);
}

async function takeSteps(
  session: ApplySession,
  { prepared, from, to }: ChunkPart,
  outcome: EventOutcome,
  { lane: { integrationId }, readings }: ChunkSurroundings,
): Promise<void> {
  const origin = { integrationId, eventId: prepared.queued.event.id };
  session.begin(
    { kind: 'erp', actor: { type: 'system' }, ...origin },
    { eventId: origin.eventId, useCaseId: prepared.useCaseId },
  );
  const context: ReadingContext = { session, store: readings, origin, outcome };
  for (const step of prepared.steps.slice(from, to)) {
    switch (step.kind) {
      case 'entity':
        await applyEntityUpdate(session, step.update, outcome, step.prunes);
        break;
      case 'prune':
        await pruneEntities(session, step.prune, outcome);
        break;
      case 'readings':
        await applyReadings(context, step.updates);
        break;
      case 'prune readings':
        await pruneReadings(context, step.prune);
        break;
    }
  }
}

async function finish(
  tx: TenantTransaction,
  parts: readonly ChunkPart[],
  outcomes: readonly EventOutcome[],
  lane: QueueLane,
  now: Date,
): Promise<void> {
  const finished: number[] = [];
  const rows = [];
  for (const [index, { prepared, to }] of parts.entries()) {
    const outcome = outcomes[index] ?? new EventOutcome();
    if (to === prepared.steps.length) {
      finished.push(prepared.queued.position);
      rows.push(...monitoringRows(prepared, outcome, now));
    } else {
      await saveProgress(tx, lane, prepared.queued.position, to, outcome.toJSON());
    }
  }
  await removeQueued(tx, lane, finished);
  await insertMonitoringRows(tx, rows);
}
