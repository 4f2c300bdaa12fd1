import { startOfGermanDay } from './german-day.ts';

const FORM = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?$/i;
const EARLIEST = Date.parse('1900-01-01T00:00:00.000Z');

/** A date or an instant as a client wrote it. */
export interface WrittenInstant {
  readonly instant: Date;
  /** Set when only a day was written. */
  readonly day: string | undefined;
}

/**
 * Reads `YYYY-MM-DD` (the start of the day in Germany, portal.md 8.1) or an ISO 8601 instant; one without an offset is UTC. Undefined for
 * anything else, for days that do not exist, and for what `isStorableInstant` refuses.
 */
export function readInstant(text: string): WrittenInstant | undefined {
  const [, day, time, zone] = FORM.exec(text) ?? [];
  if (day === undefined || !isRealDay(day)) return undefined;
  const instant =
    time === undefined ? startOfGermanDay(day) : new Date(`${day}${time}${zone === undefined ? 'Z' : ''}`);
  if (!isStorableInstant(instant)) return undefined;
  return { instant, day: time === undefined ? day : undefined };
}

/** Whether a reading may have this timestamp: a valid date from 1900 to 9999. */
export function isStorableInstant(instant: Date): boolean {
  return instant.getTime() >= EARLIEST && instant.getUTCFullYear() <= 9999;
}

function isRealDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
