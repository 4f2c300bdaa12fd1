import { type Document, type Entity, findEntity } from '../../entities/index.ts';
import { invalid, notFound } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { digitsOf } from '../counters/digits.ts';
import { chooseCounter, countersOf, directionOf } from '../counters/resolve-counter.ts';
import type { Direction, Source } from '../reading.ts';
import { readInstant } from '../reading-instant.ts';
import { refusedReading } from './refused-reading.ts';

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
  readonly timestamp: Date;
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
  const meter = await findEntity(queries, submitted.meterId, 'meter');
  if (!meter) throw notFound('The meter', 'ENTITY_NOT_FOUND');
  if (meter.doc['status'] === 'decommissioned') throw refusedReading('meter_decommissioned');
  const counter = await counterOf(queries, submitted);
  const own = directionOf(counter);
  const direction = submitted.direction ?? own;
  if (direction === undefined) throw refusedReading('no_direction');
  if (own !== undefined && own !== direction) throw refusedReading('no_counter');
  const timestamp = timestampOf(submitted.timestamp, now);
  if (timestamp.getTime() > now.getTime() + FUTURE_TOLERANCE) throw refusedReading('timestamp_future');
  return { meter, counter, direction, timestamp, digits: digitsOf(counter), submitted };
}

async function counterOf(
  queries: TenantQueries,
  { meterId, counterId, direction }: SubmittedReading,
): Promise<Entity | undefined> {
  const counters = await countersOf(queries, meterId);
  if (counterId !== undefined) {
    const named = counters.find(({ id }) => id === counterId);
    if (!named) throw refusedReading('no_counter');
    return named;
  }
  const chosen = chooseCounter(counters, direction);
  if (chosen.kind === 'counter') return chosen.counter;
  if (chosen.kind === 'none') return undefined;
  throw refusedReading('no_counter');
}

function timestampOf(text: string | undefined, now: Date): Date {
  if (text === undefined) return now;
  const read = readInstant(text);
  if (!read) throw invalid({ path: 'body.timestamp', message: 'is no date and no instant' });
  return read.instant;
}
