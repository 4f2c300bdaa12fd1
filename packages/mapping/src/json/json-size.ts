/** Brackets, quotes, a comma: what a member takes beside its name and value. */
const OVERHEAD = 4;

/** Characters of a value as JSON, roughly; it stops counting beyond `most`, so that a look at something huge is cheap. */
export function jsonSize(value: unknown, most: number): number {
  if (typeof value === 'string') return value.length + OVERHEAD;
  if (typeof value !== 'object' || value === null) return 2 * OVERHEAD;
  let size = OVERHEAD;
  if (Array.isArray(value)) {
    for (const element of value) {
      size += jsonSize(element, most - size);
      if (size > most) break;
    }
    return size;
  }
  for (const [name, member] of Object.entries(value)) {
    size += name.length + OVERHEAD + jsonSize(member, most - size);
    if (size > most) break;
  }
  return size;
}
