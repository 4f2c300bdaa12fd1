import type { RecurringTask } from '../jobs/index.ts';
import type { BlobStore, Clock } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';
import { previewFolder } from './previews/previews.ts';
import { deleteObject, disposableObjects } from './store/store.ts';

/** How long an upload waits to be saved: a week (entities.md 8). */
const UNSAVED_MILLISECONDS = 7 * 24 * 3_600_000;
const MOST_PER_TICK = 1_000;

/** Removes, every hour, uploads that nobody saved and the bytes of purged files. The bytes go first, so that none are forgotten. */
export function fileHousekeeping(platform: {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
}): RecurringTask {
  const { database, blobs, clock } = platform;
  return {
    name: 'file-housekeeping',
    interval: 3600,
    async run(signal) {
      const unsavedBefore = new Date(clock.now().getTime() - UNSAVED_MILLISECONDS);
      for (const object of await disposableObjects(database.system, unsavedBefore, MOST_PER_TICK)) {
        if (signal.aborted) return;
        if (object.content) await blobs.delete({ org: object.org, path: object.content.blobPath });
        for await (const { path } of blobs.list(object.org, previewFolder(object)))
          await blobs.delete({ org: object.org, path });
        await deleteObject(database.system, object);
      }
    },
  };
}
