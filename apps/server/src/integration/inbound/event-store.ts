import type { PayloadFormat } from '@busbar/mapping';
import { type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import { receivedAtOf } from './event-id.ts';
import type { EventType } from './incoming-event.ts';

/** An event as it was received (erp-integration.md 1.10). */
export interface StoredEvent {
  readonly integrationId: string;
  readonly receivedAt: Date;
  readonly id: string;
  readonly useCaseId: string | undefined;
  readonly eventType: EventType | undefined;
  /** What lists and monitoring show: the event name, or the name of the use case it was addressed to. */
  readonly objectType: string;
  readonly eventName: string | undefined;
  readonly useCaseSlug: string | undefined;
  readonly sentAt: string;
  readonly format: PayloadFormat;
  readonly payload: string;
  readonly deduplicationId: string | undefined;
  readonly correlationId: string;
  readonly replayOf: string | undefined;
  /** Events of one group are processed in their order, also when others are processed at the same time. */
  readonly groupId: string | undefined;
}

export interface EventRow {
  readonly integration_id: string;
  readonly received_at: Date;
  readonly id: string;
  readonly use_case_id: string | null;
  readonly event_type: EventType | null;
  readonly object_type: string;
  readonly event_name: string | null;
  readonly use_case_slug: string | null;
  readonly sent_at: string;
  readonly format: PayloadFormat;
  readonly payload: string;
  readonly deduplication_id: string | null;
  readonly correlation_id: string;
  readonly replay_of: string | null;
  readonly group_id: string | null;
}

/** Finds events of an integration by their ids; unknown ones are left out. */
export async function findEvents(
  queries: TenantQueries,
  integrationId: string,
  ids: readonly string[],
): Promise<StoredEvent[]> {
  const known = ids.flatMap((id) => {
    const at = receivedAtOf(id);
    return at ? [{ id, at }] : [];
  });
  if (known.length === 0) return [];
  const rows = await queries.query<EventRow>(sql`
    select e.* from unnest(${known.map(({ at }) => at.toISOString())}::timestamptz[], ${known.map(({ id }) => id)}::text[]) as k(received_at, id)
      cross join lateral (${eventAt(queries.org, integrationId, sql`k.received_at`, sql`k.id`)}) e`);
  return rows.map(eventFromRow);
}

/**
 * The event with an id, for a lateral join. `offset 0` keeps the planner from turning the look-ups by key into a join with all events of the
 * integration, which it believes to be few.
 */
export function eventAt(org: string, integrationId: string, receivedAt: Sql, id: Sql): Sql {
  return sql`
    select * from inbound_event e
     where e.org_id = ${org} and e.integration_id = ${integrationId} and e.received_at = ${receivedAt} and e.id = ${id} offset 0`;
}

export function eventFromRow(row: EventRow): StoredEvent {
  return {
    integrationId: row.integration_id,
    receivedAt: row.received_at,
    id: row.id,
    useCaseId: row.use_case_id ?? undefined,
    eventType: row.event_type ?? undefined,
    objectType: row.object_type,
    eventName: row.event_name ?? undefined,
    useCaseSlug: row.use_case_slug ?? undefined,
    sentAt: row.sent_at,
    format: row.format,
    payload: row.payload,
    deduplicationId: row.deduplication_id ?? undefined,
    correlationId: row.correlation_id,
    replayOf: row.replay_of ?? undefined,
    groupId: row.group_id ?? undefined,
  };
}
