import { empty, type Sql, sql } from '../../../storage/index.ts';
import { placeOf } from '../compile/field.ts';
import { INSTANT, NUMBER, scalarsAt, TEXT } from '../compile/value-sql.ts';
import { AggregationError } from './aggregation.ts';

/** The values of a field as SQL over the row `e`: what to join, and each value as text, number and instant (UTC, as text). */
export interface FieldValues {
  readonly source: Sql;
  readonly text: Sql;
  /** `string`, `number` or `boolean`. */
  readonly type: Sql;
  readonly number: Sql;
  readonly instant: Sql;
}

/** Where an aggregation or a grouping reads the values of a field. Throws AggregationError for fields without values of their own. */
export function valuesOf(field: string, path: string): FieldValues {
  const place = placeOf(field);
  switch (place.kind) {
    case 'document':
      return {
        source: sql`cross join lateral ${scalarsAt(sql`e.doc`, place.path)}`,
        text: TEXT,
        type: sql`jsonb_typeof(v.value)`,
        number: NUMBER,
        instant: INSTANT,
      };
    case 'time': {
      const column = {
        created_at: sql`e.created_at`,
        updated_at: sql`e.updated_at`,
        deleted_at: sql`e.deleted_at`,
      }[place.column];
      const instant = sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS')`;
      return columnValues(instant, sql`floor(extract(epoch from ${column}) * 1000)`, instant);
    }
    case 'id':
      return columnValues(sql`e.id::text`);
    case 'schema':
      return columnValues(sql`e.schema`);
    case 'org':
      return columnValues(sql`e.org_id`);
    case 'title':
      return columnValues(sql`e.title`);
    case 'relation':
      return {
        ...columnValues(sql`g.to_id::text`),
        source: sql`join entity_edge g on g.org_id = e.org_id and g.from_id = e.id and g.attribute = ${place.attribute}`,
      };
    case 'nowhere':
      throw new AggregationError(path, 'is not a field');
  }
}

function columnValues(
  text: Sql,
  number: Sql = sql`null::numeric`,
  instant: Sql = sql`null::text`,
): FieldValues {
  return { source: empty, text, type: sql`'string'`, number, instant };
}
