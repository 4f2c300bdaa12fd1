import { empty, json, type Sql, sql } from '../../../storage/index.ts';
import type { Condition, FilterValue, RangeBound } from '../tree.ts';
import { type CompileContext, wordsOf } from './compile-context.ts';
import type { FieldPlace } from './field.ts';
import { beginsFolded, foldedQuery } from './folded-beginning.ts';
import { readTimeSpan, type TimeSpan } from './instant-bound.ts';
import { likePattern, lowerCased } from './like-pattern.ts';
import { arrayLiteral, spacedWords } from './value-sql.ts';
import { tsquery, wantedWords } from './word-query.ts';

type FieldCondition = Exclude<Condition, { kind: 'ids' }>;
type TimePlace = Extract<FieldPlace, { kind: 'time' }>;
type TimeColumn = TimePlace['column'];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Instants outside these years cannot be what anybody looks for, and not every one of them fits a timestamp. */
const EARLIEST = Date.UTC(1000, 0, 1);
const LATEST = Date.UTC(9999, 11, 31);
const NEVER: Sql = sql`false`;

/** The entity has one of the ids; what is no UUID is nobody's id. */
export function hasId(values: readonly FilterValue[], column: Sql = sql`e.id`): Sql {
  const ids = values.map(String).filter((value) => UUID.test(value));
  if (ids.length === 0) return NEVER;
  return ids.length === 1
    ? sql`${column} = ${ids[0]}::uuid`
    : sql`${column} = any(${arrayLiteral(ids)}::text::uuid[])`;
}

/** A condition on `_id`, `_schema` or `_org`: compared exactly, wildcards included. */
export function identifierCondition(condition: FieldCondition, place: 'id' | 'schema' | 'org'): Sql {
  const column = { id: sql`e.id::text`, schema: sql`e.schema`, org: sql`e.org_id` }[place];
  switch (condition.kind) {
    case 'words':
      return place === 'id' ? hasId([condition.text]) : sql`${column} = ${condition.text}`;
    case 'equal':
      return place === 'id' ? hasId(condition.values) : anyText(column, condition.values);
    case 'begins':
      return sql`starts_with(${column}, ${condition.word})`;
    case 'pattern':
      return sql`${column} like ${likePattern(condition.pieces)}`;
    case 'range':
      return textRange(column, condition, (text) => text);
    case 'exists':
      return sql`true`;
  }
}

/** A condition on the title: words in lower case, `term` exactly. */
export function titleCondition(context: CompileContext, condition: FieldCondition): Sql {
  switch (condition.kind) {
    case 'words': {
      const words = wantedWords(condition.text);
      if (words.length === 0) return sql`lower(e.title) = ${condition.text.toLowerCase()}`;
      const phrase = `% ${words.map((word) => word.word).join(' ')} %`;
      return sql`(${wordsOf(context, 'e')} @@ ${tsquery(words, false)}::tsquery and ${spacedWords(sql`e.title`)} like ${phrase})`;
    }
    case 'begins':
      return sql`(${wordsOf(context, 'e')} @@ ${foldedQuery(condition.word)}::tsquery and ${beginsFolded(sql`e.title`, condition.word)})`;
    case 'equal':
      return anyText(sql`e.title`, condition.values);
    case 'pattern': {
      const like = likePattern(lowerCased(condition.pieces));
      return sql`(lower(e.title) like ${like} or exists (
        select 1 from regexp_split_to_table(${spacedWords(sql`e.title`)}, ' ') w where w <> '' and w like ${like}))`;
    }
    case 'range':
      return textRange(sql`lower(e.title)`, condition, (text) => text.toLowerCase());
    case 'exists':
      return sql`e.title <> ''`;
  }
}

/** A condition on `_created_at`, `_updated_at` or `_deleted_at`; numbers are milliseconds since 1970. */
export function timeCondition(condition: FieldCondition, { column }: TimePlace): Sql {
  switch (condition.kind) {
    case 'words':
      return within(column, spanOf(condition.text));
    case 'equal': {
      const spans = condition.values.map((value) => within(column, spanOf(value)));
      return spans.reduce((either, one) => sql`(${either} or ${one})`);
    }
    case 'begins':
    case 'pattern':
      return NEVER;
    case 'range':
      return timeRange(column, condition);
    case 'exists':
      return sql`${instantOf(column)} is not null`;
  }
}

/** The entity refers to one of the ids through the attribute: answered by the edges, in the direction that costs least. */
export function relationCondition(
  context: CompileContext,
  condition: FieldCondition,
  attribute: string,
): Sql {
  const edges = sql`from entity_edge g where g.org_id = ${context.org} and g.attribute = ${attribute}`;
  if (condition.kind === 'exists') return sql`exists (select 1 ${edges} and g.from_id = e.id)`;
  if (condition.kind !== 'words' && condition.kind !== 'equal') return NEVER;
  const ids = condition.kind === 'words' ? [condition.text] : condition.values;
  const toOne = sql`${edges} and ${hasId(ids, sql`g.to_id`)}`;
  return context.fewCandidates
    ? sql`exists (select 1 ${toOne} and g.from_id = e.id)`
    : sql`e.id = any(array(select g.from_id ${toOne}))`;
}

function anyText(column: Sql, values: readonly FilterValue[]): Sql {
  if (values.length === 1) return sql`${column} = ${String(values[0])}`;
  return sql`${column} = any(array(select jsonb_array_elements_text(${json(values.map(String))}::jsonb)))`;
}

function textRange(
  column: Sql,
  range: Extract<Condition, { kind: 'range' }>,
  written: (text: string) => string,
): Sql {
  const { from, to } = range;
  const value = sql`${column} collate "C"`;
  const lower = from ? afterText(value, from, written) : sql`true`;
  const upper = to ? beforeText(value, to, written) : sql`true`;
  return sql`(${lower} and ${upper})`;
}

function afterText(value: Sql, bound: RangeBound, written: (text: string) => string): Sql {
  const text = written(String(bound.value));
  return bound.inclusive ? sql`${value} >= ${text}` : sql`${value} > ${text}`;
}

function beforeText(value: Sql, bound: RangeBound, written: (text: string) => string): Sql {
  const text = written(String(bound.value));
  return bound.inclusive ? sql`${value} <= ${text}` : sql`${value} < ${text}`;
}

function timeRange(column: TimeColumn, { from, to, timeZone }: Extract<Condition, { kind: 'range' }>): Sql {
  const start = from && spanOf(from.value, timeZone);
  const end = to && spanOf(to.value, timeZone);
  if ((from && !start) || (to && !end)) return NEVER;
  const value = instantOf(column);
  const lower = start
    ? from?.inclusive
      ? sql`${value} >= ${instant(start.start)}`
      : sql`${value} > ${instant(start.end)}`
    : sql`${value} is not null`;
  const upper = end
    ? to?.inclusive
      ? sql` and ${value} <= ${instant(end.end)}`
      : sql` and ${value} < ${instant(end.start)}`
    : empty;
  return sql`(${lower}${upper})`;
}

function within(column: TimeColumn, span: TimeSpan | undefined): Sql {
  if (!span) return NEVER;
  return sql`${instantOf(column)} between ${instant(span.start)} and ${instant(span.end)}`;
}

function spanOf(value: FilterValue, timeZone?: string): TimeSpan | undefined {
  const isMilliseconds = typeof value === 'number' || (typeof value === 'string' && /^\d{5,15}$/.test(value));
  const milliseconds = Math.floor(Number(value));
  const span = isMilliseconds
    ? { start: milliseconds, end: milliseconds }
    : readTimeSpan(String(value), timeZone);
  return span && span.start >= EARLIEST && span.end <= LATEST ? span : undefined;
}

function instant(milliseconds: number): Sql {
  return sql`${new Date(milliseconds).toISOString()}::timestamptz`;
}

function instantOf(column: TimeColumn): Sql {
  return { created_at: sql`e.created_at`, updated_at: sql`e.updated_at`, deleted_at: sql`e.deleted_at` }[
    column
  ];
}
