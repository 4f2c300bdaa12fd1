import { HIDDEN_PREFIX, splitWords } from '../../words.ts';
import type { PatternPiece } from '../tree.ts';

/** Longer words are cut in the index; asking for a prefix of this length finds them however they were cut. */
const LONGEST_PREFIX = 90;

/** A word looked for in the column `words`: whole, or as the beginning of one. */
export interface WantedWord {
  readonly word: string;
  readonly isPrefix: boolean;
}

/** The words a text consists of, wanted whole. */
export function wantedWords(text: string): WantedWord[] {
  return splitWords(text).map((word) => ({ word, isPrefix: false }));
}

/** The words that everything matching a pattern has: those of the literal text before its first wildcard, the last one as a prefix. */
export function wantedWordsOfPattern(pieces: readonly PatternPiece[]): WantedWord[] {
  const [first] = pieces;
  if (!first || !('literal' in first)) return [];
  const words = wantedWords(first.literal);
  const last = words.at(-1);
  if (!last || !/[\p{L}\p{M}\p{N}]$/u.test(first.literal)) return words;
  return [...words.slice(0, -1), { word: last.word, isPrefix: true }];
}

/**
 * The text of a tsquery that all wanted words must be in. `hidden` also accepts words that free text does not search. Every word is quoted,
 * so that nothing in it is read as an operator.
 */
export function tsquery(wanted: readonly WantedWord[], hidden: boolean): string {
  return wanted
    .map((word) => (hidden ? `(${lexeme('', word)} | ${lexeme(HIDDEN_PREFIX, word)})` : lexeme('', word)))
    .join(' & ');
}

/** One lexeme of a tsquery, quoted; a beginning where the word is one. */
export function lexeme(prefix: string, { word, isPrefix }: WantedWord): string {
  const characters = [...word];
  const cut =
    isPrefix && characters.length > LONGEST_PREFIX ? characters.slice(0, LONGEST_PREFIX).join('') : word;
  const quoted = `'${(prefix + cut).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return isPrefix ? `${quoted}:*` : quoted;
}
