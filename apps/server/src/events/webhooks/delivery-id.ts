import { createHash } from 'node:crypto';
import { decodeTime, encodeTime } from 'ulid';

/** Crockford's alphabet, as ULIDs use it. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_CHARACTERS = 16;

/**
 * The id of a planned delivery: a ULID with the event's time, its other half derived from what the delivery is. Planning the same event
 * again gives the same ids, so that nothing is delivered twice (unique by primary key).
 */
export function plannedDeliveryId(createdAt: Date, eventId: string, planner: string, target: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([eventId, planner, target]))
    .digest();
  const rest = [...hash.subarray(0, RANDOM_CHARACTERS)].map((byte) => ALPHABET[byte % ALPHABET.length]);
  return `${encodeTime(createdAt.getTime())}${rest.join('')}`;
}

/** When a delivery was created, from its id; undefined for texts that are no delivery ids. */
export function creationOf(deliveryId: string): Date | undefined {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(deliveryId) ? new Date(decodeTime(deliveryId)) : undefined;
}
