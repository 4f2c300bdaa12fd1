import type { Identifiers, ReadingDirection } from '@busbar/mapping';
import { type ReadingPlace, type ResolvedCounter, resolveCounter } from '../../metering/index.ts';
import type { ApplySession } from './apply-session.ts';
import { identityOf } from './identity.ts';

/** Where a reading belongs. */
export interface ReadingDestination {
  readonly place: ReadingPlace;
  readonly direction: ReadingDirection;
}

/** Where a reading belongs, or why it belongs nowhere. */
export type FoundPlace = ReadingDestination | { readonly refused: string };

/** Who a reading says it belongs to. */
export interface WantedPlace {
  readonly meter: Identifiers;
  readonly meterCounter: Identifiers | undefined;
  readonly direction: ReadingDirection | undefined;
}

const REFUSALS: Readonly<Record<'unknown' | 'ambiguous', string>> = {
  unknown: 'no counter has these identifiers',
  ambiguous: 'several counters come into question',
};

/** Finds meter and counter of a reading as of all updates so far (erp-integration.md 9.1); neither is ever created. */
export async function findReadingPlace(
  session: ApplySession,
  { meter, meterCounter, direction }: WantedPlace,
): Promise<FoundPlace> {
  const [meterId, ...others] = await session.find(identityOf('meter', meter.values, meter.types));
  if (meterId === undefined) return { refused: 'no meter has these identifiers' };
  if (others.length > 0) return { refused: 'several meters have these identifiers' };
  await session.flush();
  const keys = meterCounter && identityOf('meter_counter', meterCounter.values, meterCounter.types).keys;
  const counter = await resolveCounter(session.tx, { meterId, keys, direction });
  if (counter.kind === 'unknown' || counter.kind === 'ambiguous') return { refused: REFUSALS[counter.kind] };
  const counterId = counter.kind === 'counter' ? counter.counter.id : undefined;
  return { place: { meterId, counterId }, direction: direction ?? directionOf(counter) ?? 'feed-out' };
}

function directionOf(resolved: ResolvedCounter): ReadingDirection | undefined {
  const direction = resolved.kind === 'counter' ? resolved.counter.doc['direction'] : undefined;
  return direction === 'feed-in' || direction === 'feed-out' ? direction : undefined;
}
