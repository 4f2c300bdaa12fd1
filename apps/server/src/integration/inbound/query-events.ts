import { sql, type TenantQueries } from '../../storage/index.ts';
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
  const {
    eventId = null,
    eventType = null,
    correlationId = null,
    objectType = null,
    useCaseId = null,
  } = filter;
  const rows = await queries.query<EventRow>(sql`
    select * from inbound_event
     where org_id = ${queries.org} and integration_id = ${filter.integrationId}
       and (${receivedAt}::timestamptz is null or (received_at = ${receivedAt} and id = ${eventId}))
       and (${eventType}::text is null or coalesce(event_type, 'UPDATE') = ${eventType})
       and (${correlationId}::text is null or correlation_id = ${correlationId})
       and (${objectType}::text is null or object_type = ${objectType})
       and (${useCaseId}::text is null or use_case_id::text = ${useCaseId})
       and (${cursor?.time ?? null}::timestamptz is null or (received_at, id) < (${cursor?.time ?? null}, ${cursor?.id ?? null}))
     order by received_at desc, id desc limit ${limit}`);
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
  };
}
