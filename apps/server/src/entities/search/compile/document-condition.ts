import { empty, join, json, type Sql, sql } from '../../../storage/index.ts';
import type { Condition, FilterValue, PatternPiece, RangeBound } from '../tree.ts';
import type { FieldPlace } from './field.ts';
import { beginsFolded, foldedQuery } from './folded-beginning.ts';
import { readTimeSpan } from './instant-bound.ts';
import { likePattern, lowerCased } from './like-pattern.ts';
import { numeralOf, wholeDigits } from './numeral.ts';
import {
  arrayLiteral,
  INSTANT,
  IS_STRING,
  JSON_NUMBER,
  NUMBER,
  scalarPath,
  scalarsAt,
  spacedWords,
  TEXT,
} from './value-sql.ts';
import { tsquery, type WantedWord, wantedWords, wantedWordsOfPattern } from './word-query.ts';

type DocumentPlace = Extract<FieldPlace, { kind: 'document' }>;
type FieldCondition = Exclude<Condition, { kind: 'ids' }>;

/** With more values than this the word index is asked for too much to narrow anything down. */
const MOST_INDEXED_VALUES = 100;

/**
 * A condition on the values at a path of the document: the word index narrows it down, the values themselves decide. A list matches when one
 * of its elements does.
 */
export function documentCondition(condition: FieldCondition, place: DocumentPlace): Sql {
  switch (condition.kind) {
    case 'words':
      return place.exact
        ? someValue(place, equals([condition.text], place), [condition.text])
        : someValue(place, saysWords(condition.text), [condition.text]);
    case 'pattern':
      return narrowed(place, [wantedWordsOfPattern(condition.pieces)], looksLike(condition.pieces, place));
    case 'begins':
      return beginning(condition.word, place);
    case 'equal':
      return someValue(place, equals(condition.values, place), condition.values);
    case 'range':
      return holds(place, inRange(condition, place));
    case 'exists':
      return hasValue(place);
  }
}

function holds(place: DocumentPlace, test: Sql): Sql {
  return sql`exists (select 1 from ${scalarsAt(sql`e.doc`, place.path)} where ${test})`;
}

/** Some value passes the test, which only values having the words of one of `sought` can. */
function someValue(place: DocumentPlace, test: Sql, sought: readonly FilterValue[]): Sql {
  return narrowed(place, sought.map(certainWords), holds(place, test));
}

/** Puts the word index before an exact test: entities must have all words of one alternative. */
function narrowed(place: DocumentPlace, alternatives: readonly (readonly WantedWord[])[], test: Sql): Sql {
  const isUseless =
    alternatives.some((words) => words.length === 0) || alternatives.length > MOST_INDEXED_VALUES;
  if (!place.indexed || isUseless) return test;
  const query = alternatives.map((words) => `(${tsquery(words, true)})`).join(' | ');
  return sql`(e.words @@ ${query}::tsquery and ${test})`;
}

/** A word of a value begins like one, whatever the accents. */
function beginning(word: string, place: DocumentPlace): Sql {
  return beginningAnywhere(word, [{ path: place.path, schemas: 'all' }], place.indexed);
}

/** A path to values, and the schemas of which it counts. */
export interface SchemaPath {
  readonly path: string;
  readonly schemas: readonly string[] | 'all';
}

/**
 * A word of a value at one of some paths begins like one, whatever the accents. One test for all paths: the database plans and starts each part of a
 * statement, and a text is often looked for in dozens of attributes. `indexed` says that the word index covers all of them.
 */
export function beginningAnywhere(word: string, paths: readonly SchemaPath[], indexed: boolean): Sql {
  const values = paths.map(({ path }) => scalarPath(path));
  const schemas = paths.map((path) => (path.schemas === 'all' ? null : arrayLiteral(path.schemas)));
  // Written with `cast`: how many paths there are makes no difference to the plan, which is kept.
  const test = sql`exists (
    select 1 from unnest(cast(${values} as jsonpath[]), cast(${schemas} as text[])) as p(path, schemas),
           jsonb_path_query(e.doc, p.path) as v(value)
     where (p.schemas is null or e.schema = any(p.schemas::text[])) and ${beginsFolded(TEXT, word)})`;
  return indexed ? sql`(e.words @@ ${foldedQuery(word)}::tsquery and ${test})` : test;
}

/** Words that every value equal to this one has. A number may be written in several ways, `5.50` or `5.5`, which share only what is before the point. */
function certainWords(value: FilterValue): WantedWord[] {
  const numeral = numeralOf(value);
  if (numeral === undefined) return wantedWords(String(value));
  const digits = wholeDigits(numeral);
  return digits === undefined ? [] : [{ word: digits, isPrefix: false }];
}

/** Texts have the words one after another; numbers are the number; booleans are named. */
function saysWords(text: string): Sql {
  const words = wantedWords(text);
  if (words.length === 0) return sql`lower(${TEXT}) = ${text.toLowerCase()}`;
  const phrase = `% ${words.map((word) => word.word).join(' ')} %`;
  const numeral = numeralOf(text);
  const number = numeral === undefined ? empty : sql` or ${NUMBER} = ${numeral}::numeric`;
  return sql`((jsonb_typeof(v.value) <> 'number' and ${spacedWords(TEXT)} like ${phrase})${number})`;
}

/** Texts are the same character by character, numbers by value; without `.keyword` also a text that reads as the same number. */
function equals(values: readonly FilterValue[], place: DocumentPlace): Sql {
  const texts = [...new Set(values.map(String))];
  const numerals = [...new Set(values.flatMap((value) => numeralOf(value) ?? []))];
  const number = place.exact && values.every((value) => typeof value === 'string') ? JSON_NUMBER : NUMBER;
  const sameNumber = numerals.length === 0 ? empty : sql` or ${number} ${oneOf(numerals, sql`::numeric`)}`;
  return sql`(${TEXT} ${oneOf(texts, empty)}${sameNumber})`;
}

function oneOf(values: readonly string[], cast: Sql): Sql {
  if (values.length === 1) return sql`= ${values[0]}${cast}`;
  return sql`in (select x${cast} from jsonb_array_elements_text(${json(values)}::jsonb) x)`;
}

/** The whole value or, without `.keyword`, one of its words looks like the pattern. */
function looksLike(pieces: readonly PatternPiece[], place: DocumentPlace): Sql {
  if (place.exact) return holds(place, sql`${TEXT} like ${likePattern(pieces)}`);
  const like = likePattern(lowerCased(pieces));
  return holds(
    place,
    sql`(lower(${TEXT}) like ${like}
      or exists (select 1 from regexp_split_to_table(${spacedWords(TEXT)}, ' ') w where w <> '' and w like ${like}))`,
  );
}

/** Both ends hold for the same value. */
function inRange(range: Extract<Condition, { kind: 'range' }>, place: DocumentPlace): Sql {
  const tests = [
    ...(range.from ? [beyond(range.from, 'from', range.timeZone, place)] : []),
    ...(range.to ? [beyond(range.to, 'to', range.timeZone, place)] : []),
  ];
  return tests.length === 0 ? sql`true` : join(tests, ' and ');
}

/** How a value is compared follows from the bound: as a number, as an instant, or as text. */
function beyond(
  bound: RangeBound,
  side: 'from' | 'to',
  timeZone: string | undefined,
  place: DocumentPlace,
): Sql {
  const numeral = numeralOf(bound.value);
  if (numeral !== undefined) return compared(NUMBER, side, bound.inclusive, sql`${numeral}::numeric`);
  const text = String(bound.value);
  const span = readTimeSpan(text, timeZone);
  if (span) {
    const edge = (side === 'from') === bound.inclusive ? span.start : span.end;
    return compared(INSTANT, side, bound.inclusive, sql`${new Date(edge).toISOString().slice(0, 23)}`);
  }
  if (place.exact)
    return sql`(${IS_STRING} and ${compared(sql`${TEXT} collate "C"`, side, bound.inclusive, sql`${text}`)})`;
  const lower = sql`lower(${TEXT}) collate "C"`;
  return sql`(${IS_STRING} and ${compared(lower, side, bound.inclusive, sql`${text.toLowerCase()}`)})`;
}

function compared(value: Sql, side: 'from' | 'to', inclusive: boolean, bound: Sql): Sql {
  if (side === 'from') return inclusive ? sql`${value} >= ${bound}` : sql`${value} > ${bound}`;
  return inclusive ? sql`${value} <= ${bound}` : sql`${value} < ${bound}`;
}

/** Something but null is there; an empty list and a relation without items are nothing. */
function hasValue(place: DocumentPlace): Sql {
  const path = `${place.path} ? (@ != null && !(@.type() == "object" && exists(@."$relation") && !exists(@."$relation"[*])))`;
  return sql`jsonb_path_exists(e.doc, ${path}::jsonpath)`;
}
