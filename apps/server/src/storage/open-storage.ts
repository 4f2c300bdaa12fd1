import { join } from 'node:path';
import { type CopiedTable, copyDatabase } from './copy-database.ts';
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

/**
 * Copies the embedded database in a data folder into an empty PostgreSQL; answers rows by table. The folder must not be in use, the
 * PostgreSQL is brought to this version first.
 */
export async function copyEmbeddedTo(folder: string, url: string): Promise<CopiedTable[]> {
  const unlock = await lockDataFolder(folder);
  const target = openPostgres({ url, connections: 2, searchPath: SCHEMA });
  let source: Engine | undefined;
  try {
    source = await openEmbedded({ dataDir: join(folder, 'database'), searchPath: SCHEMA });
    await migrate(source);
    await migrate(target);
    return await copyDatabase(source, target);
  } finally {
    await source?.close();
    await target.close();
    await unlock();
  }
}
