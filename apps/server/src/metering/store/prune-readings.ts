import { sql, type TenantQueries } from '../../storage/index.ts';
import type { Source } from '../reading.ts';

/** What a prune may delete, and what it must keep (contract schema `PruneMeterReadingsPayload`). */
export interface PruneScope {
  readonly meterId: string;
  /** `all` counters of the meter, one of them, or undefined for the readings without a counter. */
  readonly counterId: 'all' | string | undefined;
  /** Only readings of this source; readings without an external id are deleted only when it is given. */
  readonly source: Source | undefined;
  readonly keepExternalIds: readonly string[];
}

export interface PruneCounts {
  readonly deleted: number;
  readonly kept: number;
}

/** Counts what a prune would delete and keep. */
export async function countPrune(queries: TenantQueries, scope: PruneScope): Promise<PruneCounts> {
  const counts = await queries.first<PruneCounts & object>(sql`
    select count(*) filter (where ${isPruned(scope)}) as deleted,
           count(*) filter (where ${isPruned(scope)} is not true) as kept
      from reading r where ${isInScope(queries, scope)}`);
  return counts ?? { deleted: 0, kept: 0 };
}

/** Deletes what a prune deletes; answers the counters that lost readings, one per reading. */
export async function deletePruned(
  queries: TenantQueries,
  scope: PruneScope,
): Promise<(string | undefined)[]> {
  const rows = await queries.query<{ counter_id: string | null }>(sql`
    delete from reading r where ${isInScope(queries, scope)} and ${isPruned(scope)} returning r.counter_id`);
  return rows.map((row) => row.counter_id ?? undefined);
}

function isInScope({ org }: TenantQueries, { meterId, counterId, source }: PruneScope) {
  const one = counterId === 'all' ? null : (counterId ?? null);
  return sql`r.org_id = ${org} and r.meter_id = ${meterId}::uuid
    and (${counterId === 'all'} or r.counter_id is not distinct from ${one}::uuid)
    and (${source ?? null}::text is null or r.source = ${source ?? null})`;
}

function isPruned({ source, keepExternalIds }: PruneScope) {
  return sql`(case when r.external_id is null then ${source !== undefined}
    else r.external_id <> all(${[...keepExternalIds]}::text[]) end)`;
}
