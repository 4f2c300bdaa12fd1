import { germanDay } from '../german-day.ts';
import type { Direction, Reading } from '../reading.ts';

/** How an ERP's reading finds the stored one (erp-integration.md 9.3). */
export type Matching = 'external_id' | 'strict-date';

/** What an ERP names of a reading to store. */
export interface WantedReading {
  readonly externalId: string;
  readonly timestamp: Date;
  readonly direction: Direction;
}

/** What an ERP names of a reading to delete. */
export interface DoomedReading {
  readonly externalId: string | undefined;
  readonly timestamp: Date | undefined;
  readonly direction: Direction | undefined;
}

/** Several readings of one day: nothing may be written then. */
export const SEVERAL = Symbol('several');

/**
 * Finds the stored reading that an ERP's reading updates, among those of its meter and counter; undefined when it is new
 * (erp-integration.md 9.3).
 */
export function matchWanted(
  stored: readonly Reading[],
  matching: Matching,
  wanted: WantedReading,
): Reading | typeof SEVERAL | undefined {
  const known = withExternalId(stored, wanted.externalId, wanted.direction);
  if (known) return known;
  if (matching === 'strict-date') return onlyOne(sameDay(stored, wanted.timestamp, wanted.direction));
  return stored.find(
    (reading) =>
      reading.externalId === undefined &&
      reading.direction === wanted.direction &&
      reading.timestamp.getTime() === wanted.timestamp.getTime(),
  );
}

/** Finds the reading to delete: by external id, with `strict-date` then by day (erp-integration.md 9.4). */
export function matchDoomed(
  stored: readonly Reading[],
  matching: Matching,
  { externalId, timestamp, direction }: DoomedReading,
): Reading | typeof SEVERAL | undefined {
  const known = externalId === undefined ? undefined : withExternalId(stored, externalId, direction);
  if (known || matching !== 'strict-date' || timestamp === undefined) return known;
  return onlyOne(sameDay(stored, timestamp, direction));
}

/** A counter that counts both ways may have the same external id twice, when the ERP sends dates: the one of the direction comes first. */
function withExternalId(
  stored: readonly Reading[],
  externalId: string,
  direction: Direction | undefined,
): Reading | undefined {
  const known = stored.filter((reading) => reading.externalId === externalId);
  return known.find((reading) => reading.direction === direction) ?? known[0];
}

function sameDay(stored: readonly Reading[], timestamp: Date, direction: Direction | undefined): Reading[] {
  const day = germanDay(timestamp);
  return stored.filter(
    (reading) =>
      (direction === undefined || reading.direction === direction) && germanDay(reading.timestamp) === day,
  );
}

function onlyOne(readings: readonly Reading[]): Reading | typeof SEVERAL | undefined {
  return readings.length > 1 ? SEVERAL : readings[0];
}
