import sqlTag, { empty, join, raw, Sql } from 'sql-template-tag';

/** Builds a statement from a template; every `${value}` becomes a bound parameter. */
export const sql = sqlTag;
export { empty, join, raw, Sql };

/** JSON text for a `${json(value)}::jsonb` parameter; both engines receive the same text. */
export function json(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** So many ids are listed one by one. */
const FEW = 8;

/**
 * The condition that a column of type uuid is one of some ids. A few are listed one by one: a plan that is kept takes every array for ten elements,
 * which looks so much dearer than one that the database plans anew each time.
 */
export function isOneOf(column: Sql, ids: readonly string[]): Sql {
  return ids.length === 0 || ids.length > FEW
    ? sql`${column} = any(${[...ids]}::uuid[])`
    : sql`${column} in (${join(ids.map((id) => sql`${id}::uuid`))})`;
}

/**
 * A subselect of one text that differs whenever rows that meet a condition have been added, changed or removed: their places and the transactions that
 * wrote them, as the database itself keeps them apart. Null while there is none.
 */
export function rowVersions(table: string, condition: Sql): Sql {
  return sql`(select string_agg(t.ctid::text || t.xmin::text, ' ' order by t.ctid) from ${raw(table)} t where ${condition})`;
}
