import type { JsonObject } from '../../contract/json-object.ts';

/** What the documented calls carry where a text belongs that its generator knows nothing of. */
const PLACEHOLDER = 'string';
/** Fields whose values must mean something: a token, and JSON as text. */
const MEANINGFUL = new Set(['accessToken', 'config']);

/** The fields of a save that say something: a token or UI settings that are the documentation's placeholder count as not sent. */
export function withoutPlaceholders(sent: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(sent).filter(([field, value]) => !(MEANINGFUL.has(field) && value === PLACEHOLDER)),
  );
}
