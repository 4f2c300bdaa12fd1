/**
 * Reads a list that JSON may have left out, set to null, or replaced by an unresolved relation.
 * Returns the list itself, or undefined for everything that is not a list.
 */
export function listOf<T>(value: readonly T[] | object | null | undefined): readonly T[] | undefined {
  return isList(value) ? value : undefined;
}

function isList<T>(value: readonly T[] | object | null | undefined): value is readonly T[] {
  return Array.isArray(value);
}
