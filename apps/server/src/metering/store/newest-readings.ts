import { sql, type TenantQueries } from '../../storage/index.ts';

/** The newest plausible reading of a counter; undefined members when it has none. */
export interface NewestReading {
  readonly counterId: string;
  readonly value: number | undefined;
  readonly timestamp: Date | undefined;
}

/** The newest reading of each counter, whatever its direction. One statement. */
export async function newestReadings(
  queries: TenantQueries,
  counterIds: readonly string[],
): Promise<NewestReading[]> {
  const rows = await queries.query<{ counter_id: string; value: string | null; timestamp: Date | null }>(sql`
    select c.id as counter_id, n.value, n.timestamp
      from unnest(${[...counterIds]}::uuid[]) as c(id)
      left join lateral (
        select r.value, r.timestamp from reading r
         where r.org_id = ${queries.org} and r.counter_id = c.id and r.status <> 'implausible'
         order by r.timestamp desc, r.updated_at desc, r.id limit 1) n on true`);
  return rows.map((row) => ({
    counterId: row.counter_id,
    value: row.value === null ? undefined : Number(row.value),
    timestamp: row.timestamp ?? undefined,
  }));
}
