/** Tells whether PostgreSQL can hold a text: it has no NUL character and no half of a surrogate pair. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
