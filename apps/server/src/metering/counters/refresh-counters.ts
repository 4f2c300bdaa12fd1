import { type EntityGraph, findEntities, type WriteOptions } from '../../entities/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { newestReadings } from '../store/newest-readings.ts';

/**
 * Puts the newest reading of each counter into its `last_reading` (ISO, UTC) and `current_consumption` (entities.md 9); clears both when no
 * reading is left. Counters that show it already are not written.
 */
export async function refreshCounters(
  tx: TenantTransaction,
  graph: EntityGraph,
  counterIds: readonly string[],
  options: WriteOptions,
): Promise<void> {
  const counters = new Map((await findEntities(tx, counterIds)).map((counter) => [counter.id, counter]));
  if (counters.size === 0) return;
  const newest = await newestReadings(tx, [...counters.keys()]);
  const changes = newest.flatMap(({ counterId, value, timestamp }) => {
    const shown = counters.get(counterId)?.doc ?? {};
    const attributes = {
      last_reading: timestamp?.toISOString() ?? null,
      current_consumption: value ?? null,
    };
    const isShown =
      (shown['last_reading'] ?? null) === attributes.last_reading &&
      (shown['current_consumption'] ?? null) === attributes.current_consumption;
    return isShown ? [] : [{ kind: 'patch', id: counterId, schema: 'meter_counter', attributes } as const];
  });
  if (changes.length > 0) await graph.write(tx, changes, { ...options, direct: true });
}
