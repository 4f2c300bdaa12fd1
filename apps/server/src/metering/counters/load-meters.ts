import { type Entity, findEntities, relatedIds } from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';

/** A meter with the counters related to it. */
export interface MeterWithCounters {
  readonly meter: Entity;
  readonly counters: readonly Entity[];
}

/** Loads meters with their counters, by the meter's id; ids that are no meter are missing. Three statements. */
export async function loadMeters(
  queries: TenantQueries,
  meterIds: readonly string[],
): Promise<ReadonlyMap<string, MeterWithCounters>> {
  const meters = (await findEntities(queries, meterIds)).filter(({ schema }) => schema === 'meter');
  const related = await relatedIds(
    queries,
    meters.map(({ id }) => id),
    { schema: 'meter_counter' },
  );
  const counters = await findEntities(
    queries,
    related.map(({ id }) => id),
  );
  const byId = new Map(counters.map((counter) => [counter.id, counter]));
  return new Map(
    meters.map((meter) => {
      const own = related.filter(({ from }) => from === meter.id).flatMap(({ id }) => byId.get(id) ?? []);
      return [meter.id, { meter, counters: own }];
    }),
  );
}
