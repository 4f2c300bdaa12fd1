import type {
  EntityPruneScope,
  EntityUpdate,
  MappingResult,
  ReadingPruneScope,
  ReadingUpdate,
} from '@busbar/mapping';

/** Most readings that are written in one step (erp-integration.md 9.4). */
const MOST_READINGS = 100;

/** One step of an event's processing; a retry repeats whole steps only. */
export type Step =
  | { readonly kind: 'entity'; readonly update: EntityUpdate; readonly prunes: boolean }
  | { readonly kind: 'prune'; readonly prune: EntityPruneScope }
  | { readonly kind: 'readings'; readonly updates: readonly ReadingUpdate[] }
  | { readonly kind: 'prune readings'; readonly prune: ReadingPruneScope };

/**
 * The steps of a mapped event in the order they are taken: entity updates, each mapping's prune after its last update, then readings, then
 * their prunes (erp-integration.md 4.1, 8.7).
 */
export function stepsOf(result: MappingResult): Step[] {
  const pruning = new Set(result.pruneScopes.map(({ mapping }) => mapping));
  const lastMapping = Math.max(
    -1,
    ...result.entityUpdates.map(({ mapping }) => mapping),
    ...result.pruneScopes.map(({ mapping }) => mapping),
  );
  const updates = Map.groupBy(result.entityUpdates, ({ mapping }) => mapping);
  const prunes = Map.groupBy(result.pruneScopes, ({ mapping }) => mapping);
  const steps: Step[] = [];
  for (let mapping = 0; mapping <= lastMapping; mapping += 1) {
    for (const update of updates.get(mapping) ?? [])
      steps.push({ kind: 'entity', update, prunes: pruning.has(mapping) });
    for (const prune of prunes.get(mapping) ?? []) steps.push({ kind: 'prune', prune });
  }
  for (let at = 0; at < result.readingUpdates.length; at += MOST_READINGS) {
    steps.push({ kind: 'readings', updates: result.readingUpdates.slice(at, at + MOST_READINGS) });
  }
  for (const prune of result.readingPruneScopes) steps.push({ kind: 'prune readings', prune });
  return steps;
}
