import { type Job, type JobContext, JobPostponed, type SingleQueue } from '../../jobs/index.ts';
import type { Tenant } from '../../storage/index.ts';
import { WishRefused } from '../applying/entity-wishes.ts';
import { giveWay } from '../event-evaluator.ts';
import { INBOUND_QUEUE } from '../inbound/inbound-queue.ts';
import { insertMonitoringRows } from '../inbound/monitoring-row.ts';
import type { IntegrationPlatform } from '../platform.ts';
import { applyChunk, QueueMoved } from './apply-chunk.ts';
import { chunksOf } from './chunks.ts';
import { EventOutcome, type OutcomeRecord } from './event-outcome.ts';
import { monitoringRows } from './monitoring-rows.ts';
import { type PreparedEvent, prepareEvent } from './prepare-event.ts';
import {
  countAttempt,
  type QueuedEvent,
  type QueueLane,
  readQueue,
  removeQueued,
  startOtherLanes,
  waitUntil,
} from './queue-store.ts';
import { readRoutingTable } from './routing-table.ts';

/** Events that are read at a time, and bytes of their payloads. */
const BATCH = { events: 200, bytes: 8 * 1024 * 1024 };
/** Events that are mapped side by side. */
const MAPPED_TOGETHER = 8;
/** Characters of mapped values after which events are applied before more are mapped. */
const MOST_MAPPED = 32 * 1024 * 1024;
/** Milliseconds after which a drain lets other integrations have its place. */
const TURN = 20_000;
/** The same for the lane of a group: an integration may have twenty of them at a time. */
const LANE_TURN = 2_000;
/** Seconds of pause after each failed attempt (erp-integration.md 4.5); after one more the event is dead. */
const PAUSES = [1, 4, 15, 60] as const;

/**
 * The queue that processes inbound events: one job per integration (and lane, where events have groups) that has any, which takes them strictly in the
 * order of acceptance. What fails is tried again by itself and in its place; after five attempts it ends as an error and the queue moves on.
 */
export function inboundQueue(platform: IntegrationPlatform): SingleQueue {
  return {
    name: INBOUND_QUEUE,
    // The drain counts the attempts of events itself; a job only fails with the database, and then must not be given up.
    attempts: Number.MAX_SAFE_INTEGER,
    backoff: (attempt) => Math.min(60, 2 ** Math.min(attempt, 6)),
    handler: (job, context) => drain(platform, job, context),
  };
}

async function drain(platform: IntegrationPlatform, job: Job, { tenant, signal }: JobContext): Promise<void> {
  const own = laneOf(job.payload);
  const until = performance.now() + (own.lane === 0 ? TURN : LANE_TURN);
  // A second attempt of the job means that a process died over it: whatever is first in the queue may be the reason.
  let careful = job.attempt > 1;
  // Others may have waited for what it had done, and nobody has told them.
  let worked = careful;
  for (;;) {
    signal.throwIfAborted();
    const most = careful ? { ...BATCH, events: 1 } : BATCH;
    const { events: queued, meetsOthers } = await readQueue(tenant, own, most);
    const [first] = queued;
    if (!first) {
      // Without anything done, two lanes that wait for a third would wake each other for ever.
      if (worked && meetsOthers) await startOtherLanes(tenant, own, platform.clock.now());
      return;
    }
    const pause = first.notBefore ? (first.notBefore.getTime() - platform.clock.now().getTime()) / 1000 : 0;
    if (pause > 0) throw new JobPostponed(Math.ceil(pause));
    if (careful || first.attempts > 0) {
      await processAlone(platform, tenant, own, first);
      careful = false;
    } else {
      careful = !(await processTogether(platform, tenant, own, queued));
    }
    worked = true;
    if (performance.now() > until) {
      // The next turn may find nothing to do, and would not know that others wait.
      await startOtherLanes(tenant, own, platform.clock.now());
      throw new JobPostponed(0);
    }
  }
}

function laneOf(payload: unknown): QueueLane {
  if (typeof payload === 'object' && payload !== null && 'integrationId' in payload) {
    const { integrationId } = payload;
    const lane = 'lane' in payload ? payload.lane : 0;
    if (typeof integrationId === 'string' && typeof lane === 'number') return { integrationId, lane };
  }
  throw new Error('A job of the inbound queue names its integration');
}

/** Processes events together; false when something failed, and the first one that is left has to be processed by itself. */
async function processTogether(
  platform: IntegrationPlatform,
  tenant: Tenant,
  lane: QueueLane,
  queued: readonly QueuedEvent[],
): Promise<boolean> {
  try {
    await process(platform, tenant, lane, queued);
    return true;
  } catch (error) {
    // Whatever it was happens again when the event is processed alone, and is dealt with there.
    if (!(error instanceof QueueMoved)) platform.report(error);
    return false;
  }
}

/** Processes one event by itself; a failure has it wait, or ends it after the last attempt. */
async function processAlone(
  platform: IntegrationPlatform,
  tenant: Tenant,
  lane: QueueLane,
  queued: QueuedEvent,
): Promise<void> {
  const attempt = await countAttempt(tenant, lane, queued.position);
  try {
    await process(platform, tenant, lane, [queued]);
  } catch (error) {
    platform.report(error);
    const pause = PAUSES[attempt - 1];
    const now = platform.clock.now();
    if (pause === undefined) return giveUp(tenant, lane, queued, error, now);
    const jittered = pause * (0.9 + Math.random() * 0.2);
    await waitUntil(tenant, lane, queued.position, new Date(now.getTime() + jittered * 1000));
  }
}

/** Processes the events given, or as many of the first ones as memory is made for. */
async function process(
  platform: IntegrationPlatform,
  tenant: Tenant,
  lane: QueueLane,
  queued: readonly QueuedEvent[],
): Promise<void> {
  const { graph, readings, clock } = platform;
  const { integrationId } = lane;
  const table = await readRoutingTable(tenant, integrationId);
  const surroundings = {
    evaluator: platform.evaluatorOf(tenant.org),
    integration: { baseUrl: platform.fileProxyBase, orgId: tenant.org, integrationId },
  };
  const prepared: PreparedEvent[] = [];
  for (let size = 0; prepared.length < queued.length && size <= MOST_MAPPED; ) {
    const next = queued.slice(prepared.length, prepared.length + MAPPED_TOGETHER);
    const mapped = await Promise.all(next.map((entry) => prepareEvent(tenant, entry, table, surroundings)));
    prepared.push(...mapped);
    size += mapped.reduce((sum, event) => sum + event.size, 0);
    await giveWay();
  }
  const records = new Map<PreparedEvent, OutcomeRecord>();
  for (const parts of chunksOf(prepared, (event) => records.get(event) ?? event.record)) {
    const apply = (oneByOne: boolean) =>
      tenant.transaction((tx) =>
        applyChunk(tx, parts, { lane, graph, readings, oneByOne, now: clock.now() }),
      );
    const after = await apply(false).catch((error: unknown) => {
      if (!(error instanceof WishRefused)) throw error;
      return apply(true);
    });
    for (const [index, part] of parts.entries()) {
      const record = after[index];
      if (record) records.set(part.prepared, record);
    }
  }
}

/** Ends an event whose last attempt has failed: it can be replayed (erp-integration.md 4.5). */
async function giveUp(
  tenant: Tenant,
  lane: QueueLane,
  queued: QueuedEvent,
  error: unknown,
  now: Date,
): Promise<void> {
  const { event, position } = queued;
  const outcome = new EventOutcome(queued.record);
  const reason = error instanceof Error ? error.name : 'unknown';
  outcome.failed('entity', {
    code: 'UNKNOWN_ERROR',
    category: 'system',
    message: `The event could not be processed in ${PAUSES.length + 1} attempts (${reason})`,
  });
  await tenant.transaction(async (tx) => {
    await removeQueued(tx, lane, [position]);
    const ended = { queued, useCaseId: event.useCaseId, steps: [], record: outcome.toJSON(), size: 0 };
    await insertMonitoringRows(tx, monitoringRows(ended, outcome, now));
  });
}
