import { empty, join, type Sql, sql } from '../../../storage/index.ts';
import { placeOf } from '../compile/field.ts';
import { numeralOf } from '../compile/numeral.ts';
import { NUMBER, scalarsAt, TEXT } from '../compile/value-sql.ts';
import { SortError, type SortKey } from './sort-key.ts';

/** One value of `search_after` and `sort_end`. */
export type CursorValue = string | number | null;

/** A column that rows are ordered by. A sort key has one, or two where numbers and texts may stand in the same field. */
interface OrderColumn {
  readonly value: Sql;
  readonly descending: boolean;
}

/** What a sort key becomes in the statement. */
interface SortColumns {
  /** A join that computes the columns, where they are not the row's own. */
  readonly source: Sql;
  readonly columns: readonly OrderColumn[];
  /** The key's value of a row, as JSON, for `sort_end`. */
  readonly cursor: Sql;
  /** The columns' values for a cursor; undefined where the value cannot be one of this key. */
  readonly read: (cursor: CursorValue) => readonly (Sql | null)[] | undefined;
}

/** The order of a search: its sort keys and then the id, so that no two entities are equal. */
export interface Order {
  readonly source: Sql;
  readonly orderBy: Sql;
  /** JSON list of the keys' values and the id. */
  readonly cursor: Sql;
  /** The condition for rows after a cursor. Throws SortError when it does not fit the sort. */
  readonly after: (cursor: readonly CursorValue[]) => Sql;
}

const MOST_MILLISECONDS = 8.64e15;

/** Compiles sort keys; missing values come last in both directions. `score` is what `_score` stands for. */
export function compileSort(keys: readonly SortKey[], score: Sql): Order {
  const sorted = keys.map((key, at) => columnsOf(key, at, score));
  const columns = sorted.flatMap((key) => key.columns);
  return {
    source:
      sorted.length === 0
        ? empty
        : join(
            sorted.map((key) => key.source),
            ' ',
          ),
    orderBy: join(
      [
        ...columns.map(({ value, descending }) => sql`${value} ${direction(descending)} nulls last`),
        sql`e.id`,
      ],
      ', ',
    ),
    cursor: sql`jsonb_build_array(${join([...sorted.map((key) => key.cursor), sql`e.id`], ', ')})`,
    after: (cursor) => afterCursor(sorted, columns, cursor),
  };
}

function direction(descending: boolean): Sql {
  return descending ? sql`desc` : sql`asc`;
}

function columnsOf({ field, descending }: SortKey, at: number, score: Sql): SortColumns {
  if (field === '_score') {
    return own(score, descending, score, (cursor) => {
      const numeral = cursor === null ? undefined : numeralOf(cursor);
      return numeral === undefined ? undefined : sql`${numeral}::numeric`;
    });
  }
  const place = placeOf(field);
  switch (place.kind) {
    case 'id':
      return own(sql`e.id`, descending, sql`e.id`, uuidCursor);
    case 'schema':
      return own(sql`e.schema collate "C"`, descending, sql`e.schema`, textCursor);
    case 'org':
      return own(sql`e.org_id collate "C"`, descending, sql`e.org_id`, textCursor);
    case 'title':
      return own(sql`lower(e.title) collate "C"`, descending, sql`lower(e.title)`, textCursor);
    case 'time': {
      const column = {
        created_at: sql`e.created_at`,
        updated_at: sql`e.updated_at`,
        deleted_at: sql`e.deleted_at`,
      }[place.column];
      const milliseconds = sql`floor(extract(epoch from ${column}) * 1000)::bigint`;
      return own(column, descending, milliseconds, timeCursor);
    }
    case 'document':
      return valueColumns(place.path, place.exact, descending, at);
    case 'relation':
    case 'nowhere':
      throw new SortError(`cannot sort by ${field}`);
  }
}

function own(
  value: Sql,
  descending: boolean,
  cursor: Sql,
  read: (cursor: CursorValue) => Sql | undefined,
): SortColumns {
  return {
    source: empty,
    columns: [{ value, descending }],
    cursor,
    read: (given) => {
      if (given === null) return [null];
      const known = read(given);
      return known && [known];
    },
  };
}

/** Of several values the smallest counts upwards and the greatest downwards. Numbers come before texts. */
function valueColumns(path: string, exact: boolean, descending: boolean, at: number): SortColumns {
  const alias = [sql`s0`, sql`s1`, sql`s2`, sql`s3`, sql`s4`, sql`s5`, sql`s6`, sql`s7`][at] ?? sql`s`;
  const best = descending ? sql`max` : sql`min`;
  const text = exact ? TEXT : sql`lower(${TEXT})`;
  return {
    source: sql`cross join lateral (
      select ${best}(x.n) as n, case when count(x.n) = 0 then ${best}(x.t) end as t
        from (select ${NUMBER} as n, ${text} collate "C" as t from ${scalarsAt(sql`e.doc`, path)}) x) ${alias}`,
    columns: [
      { value: sql`${alias}.n`, descending },
      { value: sql`${alias}.t`, descending },
    ],
    // A number travels as text where JSON numbers would lose digits; texts that read as numbers cannot occur beside it.
    cursor: sql`coalesce(to_jsonb(${alias}.n::text), to_jsonb(${alias}.t))`,
    read: (cursor) => {
      if (cursor === null) return [null, null];
      const numeral = numeralOf(cursor);
      return numeral === undefined ? [null, sql`${String(cursor)}`] : [sql`${numeral}::numeric`, null];
    },
  };
}

function uuidCursor(cursor: CursorValue): Sql | undefined {
  return typeof cursor === 'string' &&
    /^[0-9a-f-]{36}$/i.test(cursor) &&
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(cursor)
    ? sql`${cursor}::uuid`
    : undefined;
}

function textCursor(cursor: CursorValue): Sql | undefined {
  return cursor === null ? undefined : sql`${String(cursor)}`;
}

function timeCursor(cursor: CursorValue): Sql | undefined {
  const milliseconds = typeof cursor === 'number' ? cursor : Date.parse(String(cursor));
  if (!(Math.abs(milliseconds) < MOST_MILLISECONDS)) return undefined;
  const instant = new Date(milliseconds);
  const year = instant.getUTCFullYear();
  return year >= 1 && year <= 9999 ? sql`${instant.toISOString()}::timestamptz` : undefined;
}

function afterCursor(
  sorted: readonly SortColumns[],
  columns: readonly OrderColumn[],
  cursor: readonly CursorValue[],
): Sql {
  if (cursor.length !== sorted.length && cursor.length !== sorted.length + 1) {
    throw new SortError('has another number of values than the sort');
  }
  const given = sorted.flatMap((key, at) => {
    const values = key.read(cursor[at] ?? null);
    if (!values) throw new SortError(`has a value at ${at} that does not fit the sort`);
    return values;
  });
  const ordered = [...columns];
  if (cursor.length > sorted.length) {
    const id = uuidCursor(cursor[sorted.length] ?? null);
    if (!id) throw new SortError('must end with the id that sort_end ended with');
    ordered.push({ value: sql`e.id`, descending: false });
    given.push(id);
  }
  const alternatives = ordered.map((column, at) => {
    const equal = ordered
      .slice(0, at)
      .map(({ value }, before) => sql`${value} is not distinct from ${given[before] ?? sql`null`}`);
    return sql`(${join([...equal, beyond(column, given[at] ?? null)], ' and ')})`;
  });
  return sql`(${join(alternatives, ' or ')})`;
}

/** Rows whose column comes after a value; nothing comes after a missing one. */
function beyond({ value, descending }: OrderColumn, given: Sql | null): Sql {
  if (given === null) return sql`false`;
  return descending
    ? sql`(${value} < ${given} or ${value} is null)`
    : sql`(${value} > ${given} or ${value} is null)`;
}
