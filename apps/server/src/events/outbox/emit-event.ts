import { randomUUID } from 'node:crypto';
import { announceJobs, insertJobs } from '../../jobs/index.ts';
import { newUlid } from '../../ports/index.ts';
import { json, sql, type TenantTransaction } from '../../storage/index.ts';
import { catalogEvent } from '../catalog/catalog.ts';
import { DISPATCH_QUEUE, type EmittedEvent } from './catalog-envelope.ts';

/** An event about to arise. */
export interface NewEvent {
  /** A ULID; default: a new one. */
  readonly id?: string;
  /** A name of the catalog. */
  readonly name: string;
  /** The members beside the envelope: hydrated entities and fields. JSON. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** The kind of cause: `api`, `automation`, `operation`, `portal_user`. */
  readonly sourceType?: string;
  /** Which one: a user or token id, an activity id, a portal user's address. */
  readonly source?: string;
  /** What `_event_source` says. Default `api`. */
  readonly eventSource?: string;
  /** Default: the event's own id. */
  readonly correlationId?: string;
  /** A UUID that a consumer acknowledges; default: a new one. */
  readonly ackId?: string;
}

/** A name that the catalog does not have: a mistake of the caller. */
export class UnknownEvent extends Error {
  readonly code = 'UNKNOWN_EVENT';
  constructor(name: string) {
    super(`The event catalog has no ${name}`);
    this.name = 'UnknownEvent';
  }
}

/**
 * Writes an event and the wish to deliver it within the caller's transaction (outbox: architecture, decision 4). An event that the
 * organisation has disabled does not arise (erp-integration.md 10.1); the answer is undefined then. `now` is the instant of the event (UTC).
 * @throws UnknownEvent
 */
export async function emitEvent(
  transaction: TenantTransaction,
  event: NewEvent,
  now: Date,
): Promise<EmittedEvent | undefined> {
  const [emitted] = await emitEvents(transaction, [event], now);
  return emitted;
}

/** Emits many events in one statement; the disabled ones are missing in the answer. */
export async function emitEvents(
  transaction: TenantTransaction,
  events: readonly NewEvent[],
  now: Date,
): Promise<EmittedEvent[]> {
  if (events.length === 0) return [];
  const { org } = transaction;
  const wanted = events.map((event) => envelope(org, event, now));
  const rows = await transaction.query<{ id: string }>(sql`
    with enabled as materialized (
      select event.id, event.name, event.correlation_id, event.body, event.position
        from unnest(${wanted.map(({ id }) => id)}::text[], ${wanted.map(({ name }) => name)}::text[],
                    ${wanted.map(({ correlationId }) => correlationId)}::text[], ${wanted.map(({ body }) => json(body))}::jsonb[])
             with ordinality as event (id, name, correlation_id, body, position)
       where not exists (select from event_setting s where s.org_id = ${org} and s.event_name = event.name and not s.enabled)
    ), stored as (
      insert into catalog_event (org_id, id, created_at, name, correlation_id, body)
      select ${org}, id, ${now}, name, correlation_id, body from enabled
    ), queued as (${insertJobs(org, DISPATCH_QUEUE, sql`select 'dispatch' as lane, jsonb_build_object('eventId', id) as payload, position from enabled`, now)}
    )
    select id from enabled`);
  if (rows.length === 0) return [];
  announceJobs(transaction, [DISPATCH_QUEUE]);
  const emitted = new Set(rows.map(({ id }) => id));
  return wanted.filter(({ id }) => emitted.has(id));
}

function envelope(org: string, event: NewEvent, now: Date): EmittedEvent {
  const known = catalogEvent(event.name);
  if (!known) throw new UnknownEvent(event.name);
  const id = event.id ?? newUlid(now);
  return {
    id,
    name: event.name,
    createdAt: now,
    correlationId: event.correlationId ?? id,
    body: {
      ...event.payload,
      _org_id: org,
      _event_time: now.toISOString(),
      _event_id: id,
      _event_name: event.name,
      _event_version: known.version,
      _event_source: event.eventSource ?? 'api',
      ...(event.sourceType === undefined ? {} : { _trigger_source_type: event.sourceType }),
      ...(event.source === undefined ? {} : { _trigger_source: event.source }),
      _ack_id: event.ackId ?? randomUUID(),
    },
  };
}
