import type { EntityChangeListener } from '../entities/index.ts';
import type { Clock } from '../ports/index.ts';
import { doomObjects } from './store/store.ts';

/** Listens to entity writes and gives up the bytes of files that are purged, in the same transaction. */
export function purgedFilesListener(clock: Clock): EntityChangeListener {
  return async (tx, changes) => {
    const purged = changes.flatMap(({ operation, before }) =>
      operation === 'deleteEntity' && before?.schema === 'file' ? [before.id] : [],
    );
    if (purged.length > 0) await doomObjects(tx, purged, clock.now());
  };
}
