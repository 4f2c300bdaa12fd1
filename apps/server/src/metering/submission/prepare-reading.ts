import type { Document, Entity } from '../../entities/index.ts';
import { invalid, notFound } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { digitsOf } from '../counters/digits.ts';
import { loadMeters, type MeterWithCounters } from '../counters/load-meters.ts';
import { chooseCounter, directionOf } from '../counters/resolve-counter.ts';
import type { Direction, Source } from '../reading.ts';
import { readInstant } from '../reading-instant.ts';
import { type RefusedReadingReason, refusedReading } from './refused-reading.ts';

/** A reading as somebody submits it. */
export interface SubmittedReading {
  readonly meterId: string;
  readonly counterId?: string | undefined;
  readonly direction?: Direction | undefined;
  /** Date or instant; default now. A date is the start of the day in Germany. */
  readonly timestamp?: string | undefined;
  readonly value: number;
  readonly source: Source;
  /** One of the contract's seven, or null. */
  readonly reason?: string | null | undefined;
  readonly externalId?: string | undefined;
  /** Further members: `read_by`, `remark`, `note`, `unit`, `metadata`. */
  readonly details?: Document | undefined;
}

/** A submitted reading whose meter, counter, direction and time are settled. */
export interface PreparedReading {
  readonly meter: Entity;
  /** Undefined when the meter has no counters. */
  readonly counter: Entity | undefined;
  readonly direction: Direction;
  /** UTC. */
  readonly timestamp: Date;
  /** Digits before the point that the counter shows; undefined when unknown. */
  readonly digits: number | undefined;
  readonly submitted: SubmittedReading;
}

/** Clocks of clients may be a little ahead. */
const FUTURE_TOLERANCE = 5 * 60_000;

/**
 * Settles where a submitted reading belongs (portal.md 8.1 steps 2 to 4). It looks at no other readings. `now` is UTC.
 * @throws Refusal 404 for an unknown meter, 400 for a timestamp that is none, and 400 with the reasons `meter_decommissioned`, `no_counter`,
 *   `no_direction`, `timestamp_future`
 */
export async function prepareReading(
  queries: TenantQueries,
  submitted: SubmittedReading,
  now: Date,
): Promise<PreparedReading> {
  const meter = (await loadMeters(queries, [submitted.meterId])).get(submitted.meterId);
  if (!meter) throw notFound('The meter', 'ENTITY_NOT_FOUND');
  if (meter.meter.doc['status'] === 'decommissioned') throw refusedReading('meter_decommissioned');
  const place = placeIn(meter, submitted);
  if (typeof place === 'string') throw refusedReading(place);
  const timestamp = timestampOf(submitted.timestamp, now);
  if (!timestamp) throw invalid({ path: 'body.timestamp', message: 'is no date and no instant' });
  if (isInFuture(timestamp, now)) throw refusedReading('timestamp_future');
  return { ...place, meter: meter.meter, timestamp, digits: digitsOf(place.counter), submitted };
}

/**
 * The counter and the direction of a reading, or why there is none (portal.md 8.1 step 3). `fallback` is the direction when neither the
 * reading nor its counter has one.
 */
export function placeIn(
  { counters }: MeterWithCounters,
  wanted: Pick<SubmittedReading, 'counterId' | 'direction'>,
  fallback?: Direction,
):
  | Pick<PreparedReading, 'counter' | 'direction'>
  | Extract<RefusedReadingReason, 'no_counter' | 'no_direction'> {
  const chosen = chooseCounter(
    wanted.counterId === undefined ? counters : counters.filter(({ id }) => id === wanted.counterId),
    wanted.direction,
  );
  const isMissing = chosen.kind === 'none' && wanted.counterId !== undefined;
  if (isMissing || chosen.kind === 'ambiguous' || chosen.kind === 'unknown') return 'no_counter';
  const counter = chosen.kind === 'counter' ? chosen.counter : undefined;
  const own = directionOf(counter);
  if (own !== undefined && wanted.direction !== undefined && own !== wanted.direction) return 'no_counter';
  const direction = wanted.direction ?? own ?? fallback;
  return direction === undefined ? 'no_direction' : { counter, direction };
}

/** The instant of a submitted timestamp, by default now; undefined for a text that is none. */
export function timestampOf(text: string | undefined, now: Date): Date | undefined {
  return text === undefined ? now : readInstant(text)?.instant;
}

/** Whether a reading claims to be taken later than now, with five minutes of tolerance. */
export function isInFuture(timestamp: Date, now: Date): boolean {
  return timestamp.getTime() > now.getTime() + FUTURE_TOLERANCE;
}
