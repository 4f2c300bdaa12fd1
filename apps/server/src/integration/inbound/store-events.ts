import { json, sql, type TenantQueries } from '../../storage/index.ts';
import type { StoredEvent } from './event-store.ts';
import { INBOUND_QUEUE } from './inbound-queue.ts';
import { laneOf } from './lane-of.ts';
import type { MonitoringRow } from './monitoring-row.ts';

/** How long an accepted deduplication id keeps others out: 24 hours from its acceptance, not sliding (erp-integration.md 4.3). */
export const DEDUPLICATION_HOURS = 24;

/** What monitoring shows of an event that is repeated. */
export const DUPLICATE_MESSAGE = 'An event with this deduplication id was accepted within the last 24 hours';

/** What is to be stored of some calls. */
export interface Arrival {
  /** `queued` says that the event is to be processed; others are only kept. */
  readonly events: readonly (StoredEvent & { readonly queued: boolean })[];
  /** What monitoring shows at once. */
  readonly monitoring: readonly Omit<MonitoringRow, 'completedAt' | 'durationMs'>[];
  /** The state of their integrations' use cases that the events were routed by. */
  readonly routings: ReadonlyMap<string, string>;
}

/**
 * Stores events, their deduplication ids, monitoring rows and the job that processes them, all or nothing, in one statement (migration 0212,
 * `accept_inbound_events`). Of the events to be processed that name a deduplication id and are no replays, the first of 24 hours is stored; answers
 * by id of those that repeat it which event it was. Undefined, with nothing stored, when the use cases have changed since they were read.
 */
export async function storeEvents(
  queries: TenantQueries,
  { events, monitoring, routings }: Arrival,
  now: Date,
): Promise<Map<string, string> | undefined> {
  const column = <Value>(read: (event: StoredEvent) => Value) => events.map(read);
  const rows = await queries.query<{ outcome: string; duplicate: string; holder: string }>(sql`
    select * from accept_inbound_events(
      ${queries.org}, ${now}::timestamptz, ${new Date(now.getTime() - DEDUPLICATION_HOURS * 3_600_000)}::timestamptz, ${INBOUND_QUEUE},
      ${DUPLICATE_MESSAGE}, ${[...routings.keys()]}::uuid[], ${[...routings.values()]}::text[],
      ${column((e) => e.integrationId)}::uuid[], ${column((e) => e.receivedAt.toISOString())}::timestamptz[], ${column((e) => e.id)}::text[],
      ${column((e) => e.useCaseId ?? null)}::uuid[], ${column((e) => e.eventType ?? null)}::text[], ${column((e) => e.objectType)}::text[],
      ${column((e) => e.eventName ?? null)}::text[], ${column((e) => e.useCaseSlug ?? null)}::text[], ${column((e) => e.sentAt)}::text[],
      ${column((e) => e.format)}::text[], ${column((e) => e.payload)}::text[], ${column((e) => e.deduplicationId ?? null)}::text[],
      ${column((e) => e.correlationId)}::text[], ${column((e) => e.replayOf ?? null)}::text[], ${events.map((e) => e.queued)}::boolean[],
      ${column((e) => e.groupId ?? null)}::text[], ${column((e) => laneOf(e.groupId))}::smallint[],
      ${json(monitoring.map(asRow))}::jsonb)`);
  if (rows.some(({ outcome }) => outcome === 'stale')) return undefined;
  return new Map(rows.map(({ duplicate, holder }) => [duplicate, holder]));
}

function asRow(row: Arrival['monitoring'][number]): object {
  return {
    integration_id: row.integrationId,
    event_id: row.eventId,
    correlation_id: row.correlationId,
    use_case_id: row.useCaseId,
    event_type: row.eventType,
    object_type: row.objectType,
    sync_type: row.syncType,
    status: row.status,
    error_code: row.problem?.code,
    error_message: row.problem?.message,
    error_category: row.problem?.category,
    received_at: row.receivedAt,
  };
}
