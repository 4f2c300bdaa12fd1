import { randomInt } from 'node:crypto';
import { ulid } from 'ulid';

const ALPHABET = 32;

/**
 * A new ULID with the time of `at` (UTC, to the millisecond). Its random half comes from the system's secure source, through Node's own
 * reserve: the package would ask the system once per character.
 */
export function newUlid(at: Date): string {
  return ulid(at.getTime(), () => randomInt(ALPHABET) / ALPHABET);
}
