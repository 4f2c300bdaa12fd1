import { randomInt } from 'node:crypto';
import { decodeTime, monotonicFactory } from 'ulid';

const PREFIX = 'evt_';
const ALPHABET = 32;
/** Through Node's own reserve of random numbers: the package would ask the system once per character. */
const next = monotonicFactory(() => randomInt(ALPHABET) / ALPHABET);

/** A new event id and the instant inside it, which is the event's time of receipt. Ids of one process ascend. */
export function newEventId(now: Date): { id: string; receivedAt: Date } {
  const ulid = next(now.getTime());
  return { id: PREFIX + ulid, receivedAt: new Date(decodeTime(ulid)) };
}

/** The time of receipt inside an event id; undefined for a text that is no event id. */
export function receivedAtOf(id: string): Date | undefined {
  if (!/^evt_[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return undefined;
  return new Date(decodeTime(id.slice(PREFIX.length)));
}
