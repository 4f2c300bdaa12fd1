import type { TenantQueries } from '../../storage/index.ts';
import { neighboursOf, type SeriesPoint } from '../store/neighbours.ts';
import { type Implausibility, implausibility, type PlausibilityBasis } from './plausibility.ts';
import type { PreparedReading } from './prepare-reading.ts';

/** Where a prepared reading would stand. */
export function pointOf({ meter, counter, direction, timestamp }: PreparedReading): SeriesPoint {
  return { place: { meterId: meter.id, counterId: counter?.id }, direction, timestamp };
}

/** What speaks against a prepared reading (portal.md 8.1 steps 6 and 7); undefined when nothing does. */
export async function checkReading(
  queries: TenantQueries,
  prepared: PreparedReading,
): Promise<Implausibility | undefined> {
  return implausibility(prepared.submitted.value, await basisOf(queries, prepared));
}

/** What a prepared reading is held against. */
export async function basisOf(queries: TenantQueries, prepared: PreparedReading): Promise<PlausibilityBasis> {
  const [neighbours = { previous: undefined, next: undefined }] = await neighboursOf(queries, [
    pointOf(prepared),
  ]);
  return { neighbours, reason: prepared.submitted.reason ?? null, digits: prepared.digits };
}
