import { type Sql, sql, type TenantQueries } from '../../../storage/index.ts';
import { contextOf, matching, type Search } from '../matching.ts';
import type { Aggregation } from './aggregation.ts';
import { dateHistogram } from './date-histogram.ts';
import { type FieldValues, valuesOf } from './field-values.ts';

type TermsAggregation = Extract<Aggregation, { kind: 'terms' }>;
type MetricAggregation = Exclude<Aggregation, { kind: 'terms' | 'date_histogram' }>;

/**
 * Computes aggregations over everything a search finds, in the shapes of Elasticsearch. One statement each. Throws AggregationError for
 * fields without values.
 */
export async function aggregateEntities(
  queries: TenantQueries,
  search: Search,
  aggregations: ReadonlyMap<string, Aggregation>,
): Promise<Record<string, unknown>> {
  const where = matching(contextOf(queries.org, search), search);
  const results: [string, unknown][] = [];
  for (const [name, aggregation] of aggregations) {
    const values = valuesOf(aggregation.field, `aggs.${name}.${aggregation.kind}.field`);
    results.push([name, await aggregate(queries, aggregation, values, where, `aggs.${name}`)]);
  }
  return Object.fromEntries(results);
}

function aggregate(
  queries: TenantQueries,
  aggregation: Aggregation,
  values: FieldValues,
  where: Sql,
  path: string,
): Promise<unknown> {
  if (aggregation.kind === 'terms') return terms(queries, aggregation, values, where);
  if (aggregation.kind === 'date_histogram') return dateHistogram(queries, aggregation, values, where, path);
  return metric(queries, aggregation, values, where);
}

/** The commonest values with the number of entities that have them; booleans are 1 and 0 as in Elasticsearch. */
async function terms(
  queries: TenantQueries,
  { size }: TermsAggregation,
  values: FieldValues,
  where: Sql,
): Promise<unknown> {
  const rows = await queries.query<{ key: string; type: string; doc_count: number; all_counts: number }>(sql`
    with term as (
      select ${values.text} as key, ${values.type} as type, count(distinct e.id) as doc_count
        from searchable_entity e ${values.source}
       where ${where} and ${values.text} is not null
       group by 1, 2)
    select key, type, doc_count, (select sum(doc_count)::bigint from term) as all_counts
      from term order by doc_count desc, key collate "C", type limit ${String(size)}::int`);
  const shown = rows.reduce((sum, row) => sum + row.doc_count, 0);
  return {
    doc_count_error_upper_bound: 0,
    sum_other_doc_count: (rows[0]?.all_counts ?? 0) - shown,
    buckets: rows.map(({ key, type, doc_count }) => {
      if (type === 'boolean') return { key: key === 'true' ? 1 : 0, key_as_string: key, doc_count };
      return { key: type === 'number' ? Number(key) : key, doc_count };
    }),
  };
}

interface MetricRow {
  number: string | null;
  instant: string | null;
}

/** Numbers, and for `min` and `max` dates as milliseconds since 1970; null where no entity has a value that counts. */
async function metric(
  queries: TenantQueries,
  { kind }: MetricAggregation,
  values: FieldValues,
  where: Sql,
): Promise<unknown> {
  const { number, instant, text } = values;
  const [ofNumbers, ofInstants] = {
    min: [sql`min(${number})`, sql`min(${instant})`],
    max: [sql`max(${number})`, sql`max(${instant})`],
    sum: [sql`coalesce(sum(${number}), 0)`, sql`null::text`],
    avg: [sql`avg(${number})`, sql`null::text`],
    value_count: [sql`count(${text})`, sql`null::text`],
    cardinality: [sql`count(distinct ${text})`, sql`null::text`],
  }[kind];
  const row = await queries.first<MetricRow>(sql`
    select (${ofNumbers})::text as number, ${ofInstants} as instant
      from searchable_entity e ${values.source} where ${where}`);
  const milliseconds = row?.instant ? Date.parse(`${row.instant}Z`) : Number.NaN;
  if (!Number.isNaN(milliseconds)) {
    return { value: milliseconds, value_as_string: new Date(milliseconds).toISOString() };
  }
  return { value: row?.number ? Number(row.number) : null };
}
