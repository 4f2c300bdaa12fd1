import sqlTag, { empty, join, raw, Sql } from 'sql-template-tag';

/** Builds a statement from a template; every `${value}` becomes a bound parameter. */
export const sql = sqlTag;
export { empty, join, raw, Sql };

/** JSON text for a `${json(value)}::jsonb` parameter; both engines receive the same text. */
export function json(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
