import { join } from 'node:path';
import { lockDataFolder } from './data-folder-lock.ts';
import { Database } from './database.ts';
import { openEmbedded } from './embedded-engine.ts';
import type { Engine } from './engine.ts';
import { migrate, SCHEMA } from './migrate.ts';
import { openPostgres } from './postgres-engine.ts';

export interface StorageOptions {
  /** A PostgreSQL connection string; without it the embedded database is used. */
  readonly databaseUrl: string | undefined;
  /** The data folder, or `memory://` to keep nothing. */
  readonly data: string;
  /** Connections to PostgreSQL per server process. */
  readonly connections: number;
}

export interface Storage {
  readonly database: Database;
  /** Names of the migrations that this start applied. */
  readonly migrated: readonly string[];
  close(): Promise<void>;
}

/** Opens the database as configured and brings it to this version. Throws `DataFolderInUse` when another process has the folder. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const unlock =
    options.databaseUrl || options.data === 'memory://'
      ? async () => undefined
      : await lockDataFolder(options.data);
  let engine: Engine | undefined;
  try {
    engine = options.databaseUrl
      ? openPostgres({ url: options.databaseUrl, connections: options.connections, searchPath: SCHEMA })
      : await openEmbedded({
          dataDir: options.data === 'memory://' ? 'memory://' : join(options.data, 'database'),
          searchPath: SCHEMA,
        });
    const migrated = await migrate(engine);
    const database = new Database(engine);
    return {
      database,
      migrated,
      async close() {
        await database.close();
        await unlock();
      },
    };
  } catch (error) {
    await engine?.close();
    await unlock();
    throw error;
  }
}
