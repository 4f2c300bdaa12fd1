import { json, sql, type TenantQueries } from '../../storage/index.ts';

/** An acknowledgement that somebody is to give (erp-integration.md 10.5). */
export interface TrackingRecord {
  /** The event's `_ack_id`. */
  readonly ackId: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly correlationId: string;
  readonly useCases: readonly { readonly use_case_id: string; readonly integration_id: string }[];
  readonly createdAt: Date;
}

/** Hours in which an event must be acknowledged. */
const OPEN_HOURS = 24;

/** The instant before which open records have expired. */
export function trackingExpiry(now: Date): Date {
  return new Date(now.getTime() - OPEN_HOURS * 3_600_000);
}

/** Opens records in one statement; those that are open stay as they are. */
export async function openTracking(
  queries: TenantQueries,
  records: readonly TrackingRecord[],
): Promise<void> {
  const column = <Value>(pick: (record: TrackingRecord) => Value) => records.map(pick);
  await queries.run(sql`
    insert into outbound_tracking (org_id, ack_id, event_id, event_name, correlation_id, use_cases, created_at)
    select ${queries.org}, new.* from unnest(
      ${column(({ ackId }) => ackId)}::text[], ${column(({ eventId }) => eventId)}::text[],
      ${column(({ eventName }) => eventName)}::text[], ${column(({ correlationId }) => correlationId)}::text[],
      ${column(({ useCases }) => json(useCases))}::jsonb[],
      ${column(({ createdAt }) => createdAt.toISOString())}::timestamptz[]) as new
    on conflict (org_id, ack_id) do nothing`);
}

/** Removes an open record. Answers false when there is none, or when it has expired. */
export async function closeTracking(queries: TenantQueries, ackId: string, now: Date): Promise<boolean> {
  const closed = await queries.run(sql`
    delete from outbound_tracking
     where org_id = ${queries.org} and ack_id = ${ackId} and created_at >= ${trackingExpiry(now)}`);
  return closed > 0;
}

/** Takes at most `limit` expired records out of the table, oldest first. */
export async function takeExpired(
  queries: TenantQueries,
  now: Date,
  limit: number,
): Promise<TrackingRecord[]> {
  const rows = await queries.query<{
    ack_id: string;
    event_id: string;
    event_name: string;
    correlation_id: string;
    use_cases: TrackingRecord['useCases'];
    created_at: Date;
  }>(sql`
    delete from outbound_tracking where org_id = ${queries.org} and ack_id in (
      select ack_id from outbound_tracking
       where org_id = ${queries.org} and created_at < ${trackingExpiry(now)}
       order by created_at limit ${limit} for update skip locked)
    returning *`);
  return rows.map((row) => ({
    ackId: row.ack_id,
    eventId: row.event_id,
    eventName: row.event_name,
    correlationId: row.correlation_id,
    useCases: row.use_cases,
    createdAt: row.created_at,
  }));
}
