import { asObject } from '../../../contract/json-object.ts';
import { beginsLike, type Document, isDocument } from '../../../entities/index.ts';

const FRAGMENT = 160;
const MOST_FIELDS = 20;
const MOST_FRAGMENTS = 5;
const MOST_TEXTS = 500;
const LONGEST_TEXT = 10_000;
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
    const fragment = fragmentOf(text, words);
    if (fragment !== undefined) return { field, fragment };
  }
  return undefined;
}

/** What a request wants marked: texts of these fields (`*` stands for any run of characters), of all without any. */
export interface HighlightWish {
  readonly words: readonly string[];
  readonly fields: readonly string[];
}

/** Reads the `highlight` of a search; of the configuration of Elasticsearch only the names of the fields count. */
export function readHighlight(value: unknown, words: readonly string[]): HighlightWish {
  const fields = asObject(value)['fields'];
  const listed = Array.isArray(fields) ? fields : [fields];
  return {
    words,
    fields: listed.flatMap((one) => (typeof one === 'string' ? [one] : Object.keys(asObject(one)))),
  };
}

/** The fragments of visible texts that have one of the words, marked, by field; undefined when none has. At most 20 fields with 5 fragments each. */
export function highlights(
  shown: Document,
  { words, fields }: HighlightWish,
): Readonly<Record<string, readonly string[]>> | undefined {
  const found = new Map<string, string[]>();
  let looked = 0;
  for (const { field, text } of texts(shown, '')) {
    looked += 1;
    if (looked > MOST_TEXTS || found.size > MOST_FIELDS) break;
    if (fields.length > 0 && !fields.some((wanted) => isNamed(field, wanted))) continue;
    const fragment = fragmentOf(text.slice(0, LONGEST_TEXT), words);
    const fragments = found.get(field) ?? [];
    if (fragment === undefined || fragments.length >= MOST_FRAGMENTS) continue;
    found.set(field, [...fragments, fragment]);
  }
  return found.size > 0 ? Object.fromEntries([...found].slice(0, MOST_FIELDS)) : undefined;
}

function isNamed(field: string, wanted: string): boolean {
  const name = wanted.replace(/\.keyword$/, '');
  const star = name.indexOf('*');
  if (star < 0) return name === field;
  return field.startsWith(name.slice(0, star)) && field.endsWith(name.slice(name.lastIndexOf('*') + 1));
}

/** What stands around the first of the words in a text, marked. */
function fragmentOf(text: string, words: readonly string[]): string | undefined {
  const hit = words.map((word) => wordStart(text, word)).find((place) => place >= 0);
  if (hit === undefined) return undefined;
  const start = Math.max(0, hit - FRAGMENT / 2);
  return mark(text.slice(start, start + FRAGMENT), words);
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
