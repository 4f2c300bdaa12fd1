import {
  type Entity,
  findByUniqueKeys,
  findEntities,
  relatedIds,
  type UniqueKey,
} from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import type { Direction } from '../reading.ts';

/** Which counter a reading belongs to. `none`: the meter has no counters, and its readings belong to none. */
export type ResolvedCounter =
  | { readonly kind: 'counter'; readonly counter: Entity }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous' };

export interface CounterQuestion {
  readonly meterId: string;
  /** Identifiers of the counter; none or an empty list when the sender named no counter, or an unusable one. */
  readonly keys?: readonly UniqueKey[] | undefined;
  /** Decides between the counters of a meter when no counter is named. */
  readonly direction?: Direction | undefined;
}

/** More counters of one organisation with the same identifiers than this are still "several". */
const MOST_NAMESAKES = 1_000;

/** The counters related to a meter, in either direction. */
export async function countersOf(queries: TenantQueries, meterId: string): Promise<Entity[]> {
  const related = await relatedIds(queries, [meterId], { schema: 'meter_counter' });
  return findEntities(
    queries,
    related.map(({ id }) => id),
  );
}

/**
 * Finds the counter of a reading (erp-integration.md 9.1): by its identifiers among the counters of the meter, then among all of the
 * organisation if exactly one has them; without identifiers the meter's only counter, or the only one of the direction.
 */
export async function resolveCounter(
  queries: TenantQueries,
  { meterId, keys = [], direction }: CounterQuestion,
): Promise<ResolvedCounter> {
  const own = await countersOf(queries, meterId);
  if (keys.length === 0) return chooseCounter(own, direction);
  const named = await findByUniqueKeys(queries, 'meter_counter', keys, { most: MOST_NAMESAKES });
  const ids = new Set(own.map(({ id }) => id));
  const ofMeter = named.filter(({ id }) => ids.has(id));
  return only(ofMeter.length > 0 ? ofMeter : named);
}

/** Chooses among the counters of a meter when none is named. */
export function chooseCounter(
  counters: readonly Entity[],
  direction: Direction | undefined,
): ResolvedCounter {
  if (counters.length === 0) return { kind: 'none' };
  if (counters.length === 1) return only(counters);
  if (direction === undefined) return { kind: 'ambiguous' };
  const fitting = only(counters.filter((counter) => counter.doc['direction'] === direction));
  return fitting.kind === 'counter' ? fitting : { kind: 'ambiguous' };
}

/** A counter's direction; undefined when it has none of the two. */
export function directionOf(counter: Entity | undefined): Direction | undefined {
  const direction = counter?.doc['direction'];
  return direction === 'feed-in' || direction === 'feed-out' ? direction : undefined;
}

function only([counter, ...others]: readonly Entity[]): ResolvedCounter {
  if (!counter) return { kind: 'unknown' };
  return others.length > 0 ? { kind: 'ambiguous' } : { kind: 'counter', counter };
}
