import { FOLDED_PREFIX, wordForms } from './folded-words.ts';
import { type Document, isDocument } from './model/document.ts';

/** What the word index needs to know of a schema: which top-level members a free search may look at. */
export interface SearchableMembers {
  isSearchable(member: string): boolean;
}

const LONGEST_WORD = 100;
const ASCII = /^[a-z0-9]*$/;
const MOST_WORDS = 10_000;
/** PostgreSQL refuses a tsvector with 1 MiB of text; each word also costs up to a few bytes of alignment there. */
const MOST_BYTES = 900_000;
/** Marks words that free text does not search: attributes excluded from search or unknown to the schema, and platform members. */
export const HIDDEN_PREFIX = '~';
const SEARCHED_SYSTEM_MEMBERS: ReadonlySet<string> = new Set(['_tags', '_purpose', '_title']);

/**
 * Cuts a text into the words of the index: runs of letters, marks and digits, lower-cased, at most 100 characters each. `C-1000` has the
 * words `c` and `1000`.
 */
export function splitWords(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.map((word) => (word.length > LONGEST_WORD ? [...word].slice(0, LONGEST_WORD).join('') : word));
}

/**
 * The words of an entity, each once, for the column `words`: of the title, and of every text, number and boolean at any depth of the
 * document. Left out are relation items (the edges answer for them) and parked changes. The prefix `~` marks words of members that a free
 * search must not see; inside attributes, members beginning with `_` are hidden likewise. Words with accents are there without them too,
 * marked with `~^`. At most 10,000 words, those of the smallest
 * members first.
 */
export function entityWords(schema: SearchableMembers, title: string, doc: Document): string[] {
  const members = Object.entries(doc).filter(([member]) => member !== '_changesets');
  const words = wordsOfMembers(schema, title, members);
  if (!words.overflowed) return words.list();
  // Identifiers are short: with the smallest members first they are found however long a text stands before them.
  const bySize = members.map((entry) => ({ entry, size: JSON.stringify(entry[1]).length }));
  bySize.sort((a, b) => a.size - b.size);
  return wordsOfMembers(
    schema,
    title,
    bySize.map(({ entry }) => entry),
  ).list();
}

/** Words as the text of a `tsvector`. They are letters, digits and a prefix: they need quotes and nothing escaped. */
export function wordsVector(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' ');
}

function wordsOfMembers(
  schema: SearchableMembers,
  title: string,
  members: readonly [string, unknown][],
): WordSet {
  const words = new WordSet();
  words.add(title, '');
  for (const [member, value] of members) {
    const searched = member.startsWith('_')
      ? SEARCHED_SYSTEM_MEMBERS.has(member)
      : schema.isSearchable(member);
    collect(value, searched ? '' : HIDDEN_PREFIX, words);
  }
  return words;
}

function collect(value: unknown, prefix: string, words: WordSet): void {
  if (typeof value === 'string') words.add(value, prefix);
  else if (typeof value === 'number' || typeof value === 'boolean') words.add(String(value), prefix);
  else if (Array.isArray(value)) for (const item of value) collect(item, prefix, words);
  else if (isDocument(value)) {
    for (const [member, inner] of Object.entries(value)) {
      if (member === '$relation') continue;
      const hidden = member.startsWith('_') && !SEARCHED_SYSTEM_MEMBERS.has(member);
      collect(inner, hidden ? HIDDEN_PREFIX : prefix, words);
    }
  }
}

class WordSet {
  readonly #words = new Set<string>();
  #bytes = 0;
  overflowed = false;

  add(text: string, prefix: string): void {
    for (const word of splitWords(text)) {
      if (!this.#put(prefix + word)) return;
      if (ASCII.test(word)) continue;
      for (const form of wordForms(word)) if (form !== word && !this.#put(FOLDED_PREFIX + form)) return;
    }
  }

  /** False when there is no more room. */
  #put(lexeme: string): boolean {
    if (this.#words.has(lexeme)) return true;
    const bytes = Buffer.byteLength(lexeme) + 4;
    if (this.#words.size >= MOST_WORDS || this.#bytes + bytes > MOST_BYTES) {
      this.overflowed = true;
      return false;
    }
    this.#words.add(lexeme);
    this.#bytes += bytes;
    return true;
  }

  list(): string[] {
    return [...this.#words];
  }
}
