/** True for JSON objects: not null, not an array. The caller vouches that the value came out of a JSON or XML parser. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The object's own member of exactly this name, else undefined. Inherited members (`constructor`, `toString`) and
 * members of strings and arrays (`length`) are never found (spec ERP §6.4).
 */
export function ownMember(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The one member name that an assignment would turn into a change of prototype. */
export const PROTOTYPE_MEMBER = '__proto__';
