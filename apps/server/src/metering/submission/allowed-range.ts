import { type Entity, findEntity } from '../../entities/index.ts';
import { notFound } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { digitsOf } from '../counters/digits.ts';
import { countersOf, directionOf } from '../counters/resolve-counter.ts';
import type { Direction } from '../reading.ts';
import { neighboursOf } from '../store/neighbours.ts';
import { plausibleRange, type ValueRange } from './plausibility.ts';

/** What a reading of a counter may be. */
export interface AllowedRange extends ValueRange {
  readonly counter: Entity;
}

/**
 * What readings of a meter's counters may be at an instant, by their neighbours and digits (portal.md 8.2), one entry per counter.
 * @throws Refusal 404 for an unknown meter
 */
export async function allowedRanges(
  queries: TenantQueries,
  meterId: string,
  timestamp: Date,
  reason: string | null = null,
): Promise<AllowedRange[]> {
  if (!(await findEntity(queries, meterId, 'meter'))) throw notFound('The meter', 'ENTITY_NOT_FOUND');
  const counters = await countersOf(queries, meterId);
  const points = counters.map((counter) => ({
    place: { meterId, counterId: counter.id },
    direction: directionOf(counter) ?? USUAL_DIRECTION,
    timestamp,
  }));
  const neighbours = await neighboursOf(queries, points);
  return counters.map((counter, index) => {
    const around = neighbours[index] ?? { previous: undefined, next: undefined };
    return { counter, ...plausibleRange({ neighbours: around, reason, digits: digitsOf(counter) }) };
  });
}

/** What a counter without a direction counts: what the network feeds out to the customer. */
const USUAL_DIRECTION: Direction = 'feed-out';
