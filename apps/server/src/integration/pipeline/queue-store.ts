import { wakeUp } from '../../jobs/index.ts';
import { json, sql, type Tenant, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';
import { type EventRow, eventAt, eventFromRow, type StoredEvent } from '../inbound/event-store.ts';
import { INBOUND_QUEUE } from '../inbound/inbound-queue.ts';
import { MOST_LANES } from '../inbound/lane-of.ts';
import type { OutcomeRecord } from './event-outcome.ts';

/** An accepted event that is not finished. */
export interface QueuedEvent {
  readonly position: number;
  readonly event: StoredEvent;
  readonly attempts: number;
  readonly notBefore: Date | undefined;
  /** How many steps are done. */
  readonly progress: number;
  readonly record: OutcomeRecord | null;
}

/** A lane of an integration: 0 for events without a group. */
export interface QueueLane {
  readonly integrationId: string;
  readonly lane: number;
}

/** Beyond all positions. */
const MOST_POSITION = Number.MAX_SAFE_INTEGER;

interface QueueRow extends EventRow {
  readonly position: number;
  readonly attempts: number;
  readonly not_before: Date | null;
  readonly progress: number;
  readonly outcome: OutcomeRecord | null;
}

/** What a lane of an integration may process now. */
export interface LaneQueue {
  readonly events: readonly QueuedEvent[];
  /** Whether events wait for those of this lane, or these for others. */
  readonly meetsOthers: boolean;
}

/**
 * The first unfinished events of a lane, in the order of acceptance: at most so many, and no more after so many bytes of payload (`octet_length`
 * of a stored text is read off its header). Events without a group (lane 0) and those with one are never processed side by side: what came
 * later is left out until it is its turn (erp-integration.md 4.5).
 */
export async function readQueue(
  queries: TenantQueries,
  { integrationId, lane }: QueueLane,
  most: { readonly events: number; readonly bytes: number },
): Promise<LaneQueue> {
  const own = sql`org_id = ${queries.org} and integration_id = ${integrationId}`;
  // Before this position the lane has its way.
  const barrier =
    lane === 0
      ? sql`select position from inbound_queue where ${own} and lane > 0 order by position limit 1`
      : sql`select position from inbound_queue where ${own} and lane = 0 order by position limit 1`;
  const rows = await queries.query<{ barrier: number | null } & ({ position: null } | QueueRow)>(sql`
    with meeting as materialized (select (${barrier}) as at)
    select meeting.at as barrier, first.*
      from meeting left join lateral (
        select * from (
          select q.position, q.attempts, q.not_before, q.progress, q.outcome, e.*,
                 sum(octet_length(e.payload)) over (order by q.position) - octet_length(e.payload) as bytes_before
            from (select * from inbound_queue
                   where ${own} and lane = ${lane} and position < coalesce(meeting.at, ${MOST_POSITION})
                   order by position limit ${most.events}) q
            cross join lateral (${eventAt(queries.org, integrationId, sql`q.received_at`, sql`q.event_id`)}) e) measured
         where bytes_before < ${most.bytes}) first on true
     order by position`);
  return {
    meetsOthers: rows.some(({ barrier: at }) => at !== null),
    events: rows.flatMap((row) => (row.position === null ? [] : [queuedFromRow(row)])),
  };
}

function queuedFromRow(row: QueueRow): QueuedEvent {
  return {
    position: row.position,
    event: eventFromRow(row),
    attempts: row.attempts,
    notBefore: row.not_before ?? undefined,
    progress: row.progress,
    record: row.outcome,
  };
}

/**
 * Has the lanes processed that may have waited for this one: those of groups for the one without, and the other way round. A lane that finds
 * nothing to do costs a look into the queue.
 */
export async function startOtherLanes(
  tenant: Tenant,
  { integrationId, lane }: QueueLane,
  now: Date,
): Promise<void> {
  const own = sql`org_id = ${tenant.org} and integration_id = ${integrationId}`;
  await tenant.query(sql`
    select enqueue_inbound_lane(${tenant.org}, ${INBOUND_QUEUE}, ${integrationId}, lane::smallint, ${now})
      from generate_series(${lane === 0 ? 1 : 0}::int, ${lane === 0 ? MOST_LANES : 0}::int) lane
     where exists (select from inbound_queue q where ${own} and q.lane = lane.lane)
     order by lane`);
  wakeUp(INBOUND_QUEUE);
}

/**
 * Locks queued events for the transaction and answers whether all of them still stand where the caller believes. False means that somebody
 * else has worked on them.
 */
export async function lockQueued(
  tx: TenantTransaction,
  { integrationId, lane }: QueueLane,
  expected: readonly { readonly position: number; readonly progress: number }[],
): Promise<boolean> {
  const positions = expected.map(({ position }) => position);
  const rows = await tx.query<{ position: number; progress: number }>(sql`
    select position, progress from inbound_queue
     where org_id = ${tx.org} and integration_id = ${integrationId} and lane = ${lane} and position = any(${positions}::bigint[])
     order by position for update`);
  const progress = new Map(rows.map((row) => [row.position, row.progress]));
  return expected.every((entry) => progress.get(entry.position) === entry.progress);
}

/** Takes finished events out of the queue. */
export async function removeQueued(
  queries: TenantQueries,
  { integrationId, lane }: QueueLane,
  positions: readonly number[],
): Promise<void> {
  if (positions.length === 0) return;
  await queries.run(sql`
    delete from inbound_queue
     where org_id = ${queries.org} and integration_id = ${integrationId} and lane = ${lane} and position = any(${[...positions]}::bigint[])`);
}

/** Notes how far an event has come; committed with its updates, so that a retry never repeats one. */
export async function saveProgress(
  tx: TenantTransaction,
  { integrationId, lane }: QueueLane,
  position: number,
  progress: number,
  outcome: OutcomeRecord,
): Promise<void> {
  await tx.run(sql`
    update inbound_queue set progress = ${progress}, outcome = ${json(outcome)}::jsonb
     where org_id = ${tx.org} and integration_id = ${integrationId} and lane = ${lane} and position = ${position}`);
}

/** Counts an attempt before it is made, so that one that kills the process counts, too. Answers which one it is. */
export async function countAttempt(
  queries: TenantQueries,
  { integrationId, lane }: QueueLane,
  position: number,
): Promise<number> {
  const row = await queries.first<{ attempts: number }>(sql`
    update inbound_queue set attempts = attempts + 1
     where org_id = ${queries.org} and integration_id = ${integrationId} and lane = ${lane} and position = ${position} returning attempts`);
  return row?.attempts ?? 1;
}

/** Has the head of the queue wait; the events behind it wait with it. */
export async function waitUntil(
  queries: TenantQueries,
  { integrationId, lane }: QueueLane,
  position: number,
  notBefore: Date,
): Promise<void> {
  await queries.run(sql`
    update inbound_queue set not_before = ${notBefore}
     where org_id = ${queries.org} and integration_id = ${integrationId} and lane = ${lane} and position = ${position}`);
}
