import type { Identifiers, ReadingDirection } from '@busbar/mapping';
import { type Entity, findEntities, relatedIds } from '../../entities/index.ts';
import type { ApplySession } from './apply-session.ts';
import { identityOf } from './identity.ts';
import type { ReadingPlace } from './reading-store.ts';

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

/**
 * Finds meter and counter of a reading (erp-integration.md 9.1); neither is ever created. The counter is looked for among those of the meter, then
 * among all; without identifiers it is the meter's only one, or the only one with the reading's direction.
 */
export async function findReadingPlace(session: ApplySession, wanted: WantedPlace): Promise<FoundPlace> {
  const meters = await session.find(identityOf('meter', wanted.meter.values, wanted.meter.types));
  const [meterId] = meters;
  if (meterId === undefined) return { refused: 'no meter has these identifiers' };
  if (meters.length > 1) return { refused: 'several meters have these identifiers' };
  await session.flush();
  const counter = wanted.meterCounter
    ? await namedCounter(session, meterId, wanted.meterCounter)
    : await onlyCounter(session, meterId, wanted.direction);
  if (typeof counter === 'string') return { refused: counter };
  const direction = wanted.direction ?? directionOf(counter) ?? 'feed-out';
  return { place: { meterId, counterId: counter?.id }, direction };
}

async function namedCounter(
  session: ApplySession,
  meterId: string,
  { values, types }: Identifiers,
): Promise<Entity | string> {
  const ids = await session.find(identityOf('meter_counter', values, types));
  const own = await countersOf(session, meterId);
  const matching = own.filter(({ id }) => ids.includes(id));
  const candidates = matching.length > 0 ? matching : await findEntities(session.tx, ids);
  const [counter, ...others] = candidates;
  if (!counter) return 'no counter has these identifiers';
  return others.length > 0 ? 'several counters have these identifiers' : counter;
}

async function onlyCounter(
  session: ApplySession,
  meterId: string,
  direction: ReadingDirection | undefined,
): Promise<Entity | undefined | string> {
  const counters = await countersOf(session, meterId);
  if (counters.length <= 1) return counters[0];
  const [counter, ...others] = counters.filter((candidate) => directionOf(candidate) === direction);
  return counter && others.length === 0 ? counter : 'the meter has several counters and none is named';
}

async function countersOf(session: ApplySession, meterId: string): Promise<Entity[]> {
  const related = await relatedIds(session.tx, [meterId], { schema: 'meter_counter' });
  return findEntities(
    session.tx,
    related.map(({ id }) => id),
  );
}

function directionOf(counter: Entity | undefined): ReadingDirection | undefined {
  const direction = counter?.doc['direction'];
  return direction === 'feed-in' || direction === 'feed-out' ? direction : undefined;
}
