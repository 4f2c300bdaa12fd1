import { join, raw, type Sql, sql } from '../../../storage/index.ts';
import {
  ACCENTED,
  DOUBLE_LETTERS,
  FOLDED_PREFIX,
  UMLAUTS,
  UNACCENTED,
  wordForms,
} from '../../folded-words.ts';
import { HIDDEN_PREFIX } from '../../words.ts';
import { likePattern } from './like-pattern.ts';
import { spacedWords } from './value-sql.ts';
import { lexeme } from './word-query.ts';

/** Whether a word of a text begins like the one looked for, whatever their cases and accents (see `wordForms`). */
export function beginsFolded(text: Sql, word: string): Sql {
  const patterns = wordForms(word.toLowerCase()).map((form) => `% ${likePattern([{ literal: form }])}%`);
  const like = (words: Sql) =>
    join(
      patterns.map((pattern) => sql`${words} like ${pattern}`),
      ' or ',
    );
  // Most texts have no accents; only others are folded.
  return sql`(${like(spacedWords(text))} or (${text} ~ '[^\\x01-\\x7f]'
    and (${like(folded(text, false))} or ${like(folded(text, true))})))`;
}

/** The text of a tsquery that every entity with such a word answers to. */
export function foldedQuery(word: string): string {
  return wordForms(word.toLowerCase())
    .flatMap((form) =>
      ['', HIDDEN_PREFIX, FOLDED_PREFIX].map((prefix) => lexeme(prefix, { word: form, isPrefix: true })),
    )
    .join(' | ');
}

/** The words of a text without accents, each between blanks; umlauts as one letter or written out as two. */
function folded(text: Sql, isWrittenOut: boolean): Sql {
  const doubles = isWrittenOut ? [...UMLAUTS, ...DOUBLE_LETTERS] : DOUBLE_LETTERS;
  const replaced = doubles.reduce(
    (inner, [letter, written]) => sql`replace(${inner}, ${raw(`'${letter}', '${written}'`)})`,
    sql`normalize(lower(${text}), NFC)`,
  );
  const plain = sql`regexp_replace(${replaced}, '[\\u0300-\\u036f]', '', 'g')`;
  return spacedWords(sql`translate(${plain}, ${WITHOUT_ACCENTS})`);
}

/** Letters, none of them a quote: as parameters they would travel with each search, several times. */
const WITHOUT_ACCENTS: Sql = raw(`'${ACCENTED}', '${UNACCENTED}'`);
