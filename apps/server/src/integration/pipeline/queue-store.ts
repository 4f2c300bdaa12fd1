import { json, sql, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';
import { type EventRow, eventAt, eventFromRow, type StoredEvent } from '../inbound/event-store.ts';
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

interface QueueRow extends EventRow {
  readonly position: number;
  readonly attempts: number;
  readonly not_before: Date | null;
  readonly progress: number;
  readonly outcome: OutcomeRecord | null;
}

/**
 * The first unfinished events of an integration, in the order of acceptance: at most so many, and no more after so many bytes of payload
 * (`octet_length` of a stored text is read off its header).
 */
export async function readQueue(
  queries: TenantQueries,
  integrationId: string,
  most: { readonly events: number; readonly bytes: number },
): Promise<QueuedEvent[]> {
  const rows = await queries.query<QueueRow>(sql`
    select * from (
      select q.position, q.attempts, q.not_before, q.progress, q.outcome, e.*,
             sum(octet_length(e.payload)) over (order by q.position) - octet_length(e.payload) as bytes_before
        from (select * from inbound_queue where org_id = ${queries.org} and integration_id = ${integrationId}
               order by position limit ${most.events}) q
        cross join lateral (${eventAt(queries.org, integrationId, sql`q.received_at`, sql`q.event_id`)}) e) first
     where bytes_before < ${most.bytes}
     order by position`);
  return rows.map((row) => ({
    position: row.position,
    event: eventFromRow(row),
    attempts: row.attempts,
    notBefore: row.not_before ?? undefined,
    progress: row.progress,
    record: row.outcome,
  }));
}

/**
 * Locks queued events for the transaction and answers whether all of them still stand where the caller believes. False means that somebody
 * else has worked on them.
 */
export async function lockQueued(
  tx: TenantTransaction,
  integrationId: string,
  expected: readonly { readonly position: number; readonly progress: number }[],
): Promise<boolean> {
  const positions = expected.map(({ position }) => position);
  const rows = await tx.query<{ position: number; progress: number }>(sql`
    select position, progress from inbound_queue
     where org_id = ${tx.org} and integration_id = ${integrationId} and position = any(${positions}::bigint[])
     order by position for update`);
  const progress = new Map(rows.map((row) => [row.position, row.progress]));
  return expected.every((entry) => progress.get(entry.position) === entry.progress);
}

/** Takes finished events out of the queue. */
export async function removeQueued(
  queries: TenantQueries,
  integrationId: string,
  positions: readonly number[],
): Promise<void> {
  if (positions.length === 0) return;
  await queries.run(sql`
    delete from inbound_queue
     where org_id = ${queries.org} and integration_id = ${integrationId} and position = any(${[...positions]}::bigint[])`);
}

/** Notes how far an event has come; committed with its updates, so that a retry never repeats one. */
export async function saveProgress(
  tx: TenantTransaction,
  integrationId: string,
  position: number,
  progress: number,
  outcome: OutcomeRecord,
): Promise<void> {
  await tx.run(sql`
    update inbound_queue set progress = ${progress}, outcome = ${json(outcome)}::jsonb
     where org_id = ${tx.org} and integration_id = ${integrationId} and position = ${position}`);
}

/** Counts an attempt before it is made, so that one that kills the process counts, too. Answers which one it is. */
export async function countAttempt(
  queries: TenantQueries,
  integrationId: string,
  position: number,
): Promise<number> {
  const row = await queries.first<{ attempts: number }>(sql`
    update inbound_queue set attempts = attempts + 1
     where org_id = ${queries.org} and integration_id = ${integrationId} and position = ${position} returning attempts`);
  return row?.attempts ?? 1;
}

/** Has the head of the queue wait; the events behind it wait with it. */
export async function waitUntil(
  queries: TenantQueries,
  integrationId: string,
  position: number,
  notBefore: Date,
): Promise<void> {
  await queries.run(sql`
    update inbound_queue set not_before = ${notBefore}
     where org_id = ${queries.org} and integration_id = ${integrationId} and position = ${position}`);
}
