import { beginsLike, type Document, isDocument } from '../../../entities/index.ts';

const FRAGMENT = 160;
const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text output, nested or not. */
type Output = { readonly [name: string]: string | Output };

/** The same texts with `<em>` around what was searched for; all other markup is escaped. */
export function highlighted(output: Output, words: readonly string[]): Output {
  const marked = Object.entries(output).map(([name, value]): [string, string | Output] => [
    name,
    typeof value === 'string' ? mark(value, words) : highlighted(value, words),
  ]);
  return Object.fromEntries(marked);
}

/** The first visible text that has one of the words, marked; undefined when none has. */
export function searchSnippet(
  shown: Document,
  words: readonly string[],
): { field: string; fragment: string } | undefined {
  for (const { field, text } of texts(shown, '')) {
    const hit = words.map((word) => wordStart(text, word)).find((place) => place >= 0);
    if (hit === undefined) continue;
    const start = Math.max(0, hit - FRAGMENT / 2);
    return { field, fragment: mark(text.slice(start, start + FRAGMENT), words) };
  }
  return undefined;
}

function* texts(value: unknown, field: string): Generator<{ field: string; text: string }> {
  if (typeof value === 'string') yield { field, text: value };
  else if (Array.isArray(value)) for (const item of value) yield* texts(item, field);
  else if (isDocument(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (name.startsWith('_') && name !== '_title') continue;
      if (!name.startsWith('$')) yield* texts(member, field === '' ? name : `${field}.${name}`);
    }
  }
}

/** Where a word of the text begins with the searched one; -1 when none does. */
function wordStart(text: string, word: string): number {
  for (const { 0: found, index } of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu))
    if (beginsLike(found, word)) return index;
  return -1;
}

function mark(text: string, words: readonly string[]): string {
  return text.replace(/[\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+/gu, (piece) => {
    const word = words.find((one) => beginsLike(piece, one));
    if (word === undefined) return withoutMarkup(piece);
    const end = likeLength(piece, word);
    return `<em>${withoutMarkup(piece.slice(0, end))}</em>${withoutMarkup(piece.slice(end))}`;
  });
}

/** How much of a piece that begins like a word is that word: `Straß` of `Straße` for `strass`. */
function likeLength(piece: string, word: string): number {
  let length = 0;
  for (const letter of piece) {
    length += letter.length;
    if (beginsLike(piece.slice(0, length), word)) return length;
  }
  return length;
}

function withoutMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML[character] ?? character);
}
