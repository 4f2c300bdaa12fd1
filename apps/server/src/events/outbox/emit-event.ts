import { randomUUID } from 'node:crypto';
import { enqueueAll } from '../../jobs/index.ts';
import { newUlid } from '../../ports/index.ts';
import { json, sql, type TenantTransaction } from '../../storage/index.ts';
import { catalogEvent } from '../catalog/catalog.ts';
import { disabledEvents } from '../catalog/event-settings.ts';
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

/** Emits many events with a constant number of statements; the disabled ones are missing in the answer. */
export async function emitEvents(
  transaction: TenantTransaction,
  events: readonly NewEvent[],
  now: Date,
): Promise<EmittedEvent[]> {
  if (events.length === 0) return [];
  const disabled = await disabledEvents(transaction, [...new Set(events.map(({ name }) => name))]);
  const emitted = events
    .filter(({ name }) => !disabled.has(name))
    .map((event) => envelope(transaction.org, event, now));
  if (emitted.length === 0) return [];
  await transaction.run(sql`
    insert into catalog_event (org_id, id, created_at, name, correlation_id, body)
    select ${transaction.org}, event.id, ${now}, event.name, event.correlation_id, event.body
      from unnest(${emitted.map(({ id }) => id)}::text[], ${emitted.map(({ name }) => name)}::text[],
                  ${emitted.map(({ correlationId }) => correlationId)}::text[],
                  ${emitted.map(({ body }) => json(body))}::jsonb[]) as event (id, name, correlation_id, body)`);
  await enqueueAll(
    transaction,
    emitted.map(({ id }) => ({ queue: DISPATCH_QUEUE, lane: 'dispatch', payload: { eventId: id } })),
    now,
  );
  return emitted;
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
