/** JSON members of an entity: attributes and the stored system members (`_tags`, `_purpose`, `_changesets` ...). */
export type Document = Readonly<Record<string, unknown>>;

/** Tells whether a JSON value is an object (neither null nor a list). */
export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The strings of a list; everything else in it, or something that is no list, is left out. */
export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
