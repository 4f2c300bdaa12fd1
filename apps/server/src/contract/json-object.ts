/** Any JSON object, read with care. */
export type JsonObject = { [member: string]: unknown };

/** The value as an object; anything that is none counts as empty. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
