import type { PayloadFormat } from '@busbar/mapping';
import { invalid } from '../../refusal.ts';

/** Most events of one request (erp-integration.md 2.4). */
const MOST_EVENTS = 100;

export type EventType = 'CREATE' | 'UPDATE' | 'DELETE';

/** One event as a sender or a replay hands it in, the same for all versions of the endpoint. */
export interface IncomingEvent {
  readonly eventType: EventType | undefined;
  readonly eventName: string | undefined;
  readonly useCaseSlug: string | undefined;
  /** `timestamp` as the sender wrote it. */
  readonly sentAt: string;
  readonly format: PayloadFormat;
  readonly payload: string | object;
  readonly deduplicationId: string | undefined;
  readonly correlationId: string;
  readonly replayOf: string | undefined;
  readonly groupId: string | undefined;
}

/** The members of an event that the versions of the endpoint share; anything else they tolerate is optional. */
interface EventBody {
  readonly timestamp: string;
  readonly format: PayloadFormat;
  readonly payload: string | object;
  readonly deduplication_id?: string;
  readonly correlation_id?: string;
  readonly event_name?: string;
  readonly use_case_slug?: string;
  readonly object_type?: string;
  readonly event_type?: unknown;
  readonly group_id?: string;
}

/** The correlation id of a request: its own, that of `meta` where the guides put it, or `generated` (erp-integration.md 4.4). */
export function correlationOf(body: object, generated: string): string {
  const { correlation_id: own, meta }: { correlation_id?: unknown; meta?: unknown } = body;
  if (typeof own === 'string' && own !== '') return own;
  const { correlation_id: inMeta }: { correlation_id?: unknown } =
    typeof meta === 'object' && meta !== null ? meta : {};
  return typeof inMeta === 'string' && inMeta !== '' ? inMeta : generated;
}

/**
 * Reads the events of a request. The name of versions 1 and 2 is `object_type`; they know no groups. An event's own group comes before that of the
 * request. 400 for more than 100 events.
 */
export function incomingEvents(
  events: readonly EventBody[],
  correlationId: string,
  version: 'named' | 'by object type',
  groupId?: string,
): IncomingEvent[] {
  if (events.length > MOST_EVENTS)
    throw invalid({ path: 'body.events', message: `must not have more than ${MOST_EVENTS} items` });
  return events.map((event) => ({
    eventType: eventType(event.event_type),
    eventName: version === 'named' ? event.event_name : event.object_type,
    useCaseSlug: version === 'named' ? event.use_case_slug : undefined,
    sentAt: event.timestamp,
    format: event.format,
    payload: event.payload,
    deduplicationId: event.deduplication_id,
    correlationId: event.correlation_id || correlationId,
    replayOf: undefined,
    groupId: (version === 'named' && (event.group_id ?? groupId)) || undefined,
  }));
}

function eventType(value: unknown): EventType | undefined {
  return value === 'CREATE' || value === 'UPDATE' || value === 'DELETE' ? value : undefined;
}
