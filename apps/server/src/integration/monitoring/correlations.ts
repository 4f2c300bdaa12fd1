import { type Sql, sql, type TenantQueries } from '../../storage/index.ts';

/** Rows up to which distinct correlations are counted one by one: nothing counts them ahead. */
const MOST_COUNTED = 80_000;
/** Rows that an estimate reads, about. */
const MOST_SAMPLED = 30_000;
/** Classes of hashes, and the distance of those that are in the sample (migration 0199). */
const CLASSES = 1_024;
const SAMPLED_EVERY = 4;

/** The members of `getMonitoringStats` about correlations; the second one only for an estimate. */
export interface Correlations {
  readonly total_correlations: number;
  readonly total_correlations_estimated?: true;
}

/**
 * How many correlations the events of a period have. Exact up to 80,000 rows; beyond, estimated from all rows of a part of the correlations, so that
 * it stays quick over millions of rows: with n correlations in the part, the standard error is 1/√n. `owner` and `within` are conditions on
 * `inbound_monitoring_event`, `rows` is how many rows they leave, calls of deprecated endpoints not counted.
 */
export async function correlations(
  queries: TenantQueries,
  owner: Sql,
  within: Sql,
  rows: number,
): Promise<Correlations> {
  if (rows <= MOST_COUNTED) {
    const counted = await queries.first<{ count: number }>(sql`
      select count(distinct correlation_id collate "C") as count from inbound_monitoring_event
       where ${owner} and sync_type <> 'api_deprecation' and ${within}`);
    return { total_correlations: counted?.count ?? 0 };
  }
  const wanted = Math.ceil(MOST_SAMPLED / (rows / CLASSES));
  const classes = Array.from(
    { length: Math.max(1, Math.min(wanted, CLASSES / SAMPLED_EVERY)) },
    (_, at) => at * SAMPLED_EVERY,
  );
  const sampled = await queries.first<{ count: number }>(sql`
    select count(distinct correlation_id collate "C") as count from inbound_monitoring_event
     where ${owner} and hashtext(correlation_id) & 3 = 0 and sync_type <> 'api_deprecation'
       and hashtext(correlation_id) & 1023 = any(${classes}::integer[]) and ${within}`);
  const total = Math.round(((sampled?.count ?? 0) * CLASSES) / classes.length);
  return { total_correlations: total, total_correlations_estimated: true };
}
