import { raw, type Sql, sql } from '../../../storage/index.ts';
import { NUMERAL_PATTERN } from './numeral.ts';

const DATE_PATTERN = raw("'^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?Z?)?$'");
const MIDNIGHT = raw("'0000-00-00T00:00:00.000'");
const NUMERAL = raw(`'${NUMERAL_PATTERN}'`);

/** The scalar values at a path of a document, as rows `v(value)`; null, objects and lists are left out. */
export function scalarsAt(document: Sql, path: string): Sql {
  return sql`jsonb_path_query(${document}, ${scalarPath(path)}::jsonpath) as v(value)`;
}

/** The SQL/JSON path to nothing but the scalars at a path. */
export function scalarPath(path: string): string {
  return `${path} ? (@.type() == "string" || @.type() == "number" || @.type() == "boolean")`;
}

/** The value as text: strings without quotes, numbers and booleans as JSON writes them. */
export const TEXT: Sql = sql`(v.value #>> '{}')`;

export const IS_STRING: Sql = sql`jsonb_typeof(v.value) = 'string'`;

/** The value as a number: numbers, and texts that read as one; null for everything else. No value makes the cast fail. */
export const NUMBER: Sql = sql`(case jsonb_typeof(v.value)
  when 'number' then v.value::numeric
  when 'string' then case when ${TEXT} ~ ${NUMERAL} then ${TEXT}::numeric end end)`;

/** The value as a number only where JSON says so. */
export const JSON_NUMBER: Sql = sql`(case when jsonb_typeof(v.value) = 'number' then v.value::numeric end)`;

/**
 * The value as an instant `YYYY-MM-DDTHH:MM:SS.mmm` (UTC) that compares as text; null where it is no date. Compared as text because a cast
 * of a date that is not on the calendar would fail the whole search.
 */
export const INSTANT: Sql = sql`(case when ${IS_STRING} and ${TEXT} ~ ${DATE_PATTERN} then
  left(replace(rtrim(${TEXT}, 'Z'), ' ', 'T') || substr(${MIDNIGHT}, length(rtrim(${TEXT}, 'Z')) + 1), 23)
  collate "C" end)`;

/**
 * A text as its lower-cased words, each between blanks: ` jane doe `. A phrase is then found by LIKE. Accents written as characters of their
 * own (as macOS writes file names) belong to the word, as in `splitWords`.
 */
export function spacedWords(text: Sql): Sql {
  return sql`(' ' || regexp_replace(lower(${text}), '[^[:alnum:]\\u0300-\\u036f]+', ' ', 'g') || ' ')`;
}

/** An array parameter that both engines read the same way; `items` need no quoting (ids, slugs). */
export function arrayLiteral(items: readonly string[]): string {
  return `{${items.map((item) => `"${item}"`).join(',')}}`;
}
