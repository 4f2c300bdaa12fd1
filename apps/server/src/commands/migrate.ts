import { readSettings } from '../settings.ts';
import { openStorage } from '../storage/index.ts';

/** `busbar migrate`: bring the database to this version (the start does it too). */
export async function migrate(): Promise<void> {
  const settings = readSettings(process.env);
  const storage = await openStorage({
    databaseUrl: settings.databaseUrl,
    data: settings.data,
    connections: 2,
  });
  await storage.close();
  console.log(storage.migrated.length > 0 ? `applied ${storage.migrated.join(', ')}` : 'nothing to do');
}
