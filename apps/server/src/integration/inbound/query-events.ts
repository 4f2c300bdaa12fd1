import { join, sql, type TenantQueries } from '../../storage/index.ts';
import { receivedAtOf } from './event-id.ts';
import { type EventRow, eventFromRow, type StoredEvent } from './event-store.ts';
import type { PageCursor } from './page-cursor.ts';

/** What events are asked for; all given filters must hold. */
export interface EventFilter {
  readonly integrationId: string;
  readonly eventId: string | undefined;
  readonly eventType: string | undefined;
  readonly correlationId: string | undefined;
  readonly objectType: string | undefined;
  readonly useCaseId: string | undefined;
}

/** Events as they were received, newest first, after the cursor (erp-integration.md 3.7). */
export async function queryEvents(
  queries: TenantQueries,
  filter: EventFilter,
  cursor: PageCursor | undefined,
  limit: number,
): Promise<StoredEvent[]> {
  const receivedAt = filter.eventId === undefined ? null : receivedAtOf(filter.eventId);
  if (receivedAt === undefined) return [];
  const { integrationId, eventId, eventType, correlationId, objectType, useCaseId } = filter;
  // Only what is asked for: the index can follow a cursor, but not an alternative to there being none.
  const conditions = [
    sql`org_id = ${queries.org} and integration_id = ${integrationId}`,
    ...(eventId === undefined ? [] : [sql`received_at = ${receivedAt} and id = ${eventId}`]),
    ...(eventType === undefined ? [] : [sql`coalesce(event_type, 'UPDATE') = ${eventType}`]),
    ...(correlationId === undefined ? [] : [sql`correlation_id = ${correlationId}`]),
    ...(objectType === undefined ? [] : [sql`object_type = ${objectType}`]),
    ...(useCaseId === undefined ? [] : [sql`use_case_id::text = ${useCaseId}`]),
    ...(cursor === undefined ? [] : [sql`(received_at, id) < (${cursor.time}, ${cursor.id})`]),
  ];
  const rows = await queries.query<EventRow>(sql`
    select * from inbound_event where ${join(conditions, ' and ')} order by received_at desc, id desc limit ${limit}`);
  return rows.map(eventFromRow);
}

/** An event as the contract shows it (contract: `ErpEvent`), with what is needed to replay and to follow it. */
export function eventToWire(event: StoredEvent): Record<string, unknown> {
  return {
    event_id: event.id,
    // The contract requires a type; events of the current endpoint have none.
    event_type: event.eventType ?? 'UPDATE',
    object_type: event.objectType,
    event_name: event.objectType,
    timestamp: event.sentAt,
    format: event.format,
    payload: event.payload,
    ...(event.deduplicationId === undefined ? {} : { deduplication_id: event.deduplicationId }),
    correlation_id: event.correlationId,
    use_case_id: event.useCaseId ?? null,
    received_at: event.receivedAt.toISOString(),
    ...(event.replayOf === undefined ? {} : { replay_of: event.replayOf }),
    ...(event.groupId === undefined ? {} : { group_id: event.groupId }),
  };
}
