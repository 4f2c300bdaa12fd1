import pg from 'pg';
import { DatabaseError, type Door, type Engine, type ResultSet, type Session } from './engine.ts';
import { parameterText } from './parameter-text.ts';
import { valueParser } from './row-values.ts';
import { PLANNING, StatementNames } from './statement-names.ts';

/**
 * Opens pools on a PostgreSQL 15 or newer. `url` is a libpq connection string, `connections` the most connections in all, a third of them for the
 * installation's own work.
 */
export function openPostgres(options: { url: string; connections: number; searchPath: string }): Engine {
  const system = Math.max(2, Math.floor(options.connections / 3));
  const pools: Readonly<Record<Door, pg.Pool>> = {
    tenant: createPool(options, Math.max(1, options.connections - system)),
    system: createPool(options, system),
  };
  const statements = new StatementNames();
  const sessions = new WeakMap<pg.PoolClient, { scope: string | undefined }>();

  return {
    kind: 'postgres',
    async acquire(door) {
      const client = await pools[door].connect().catch(rethrow);
      const state = sessions.get(client) ?? { scope: undefined };
      sessions.set(client, state);
      return new PostgresSession(client, state, statements);
    },
    async close() {
      await Promise.all([pools.tenant.end(), pools.system.end()]);
    },
  };
}

/** The planner's settings as options of a connection. */
const planning = PLANNING.map(([setting, value]) => `-c ${setting}=${value}`).join(' ');

function createPool(options: { url: string; searchPath: string }, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: size,
    options: `-c search_path=${options.searchPath} -c timezone=UTC -c client_min_messages=warning ${planning}`,
    types: { getTypeParser: (typeId: number) => valueParser(typeId) },
    idleTimeoutMillis: 30_000,
    application_name: 'busbar',
  });
  // A connection that dies while idle is replaced by the pool; without a listener Node would end the process.
  pool.on('error', () => undefined);
  return pool;
}

class PostgresSession implements Session {
  readonly #client: pg.PoolClient;
  readonly #state: { scope: string | undefined };
  readonly #statements: StatementNames;

  constructor(client: pg.PoolClient, state: { scope: string | undefined }, statements: StatementNames) {
    this.#client = client;
    this.#state = state;
    this.#statements = statements;
  }

  get scope(): string | undefined {
    return this.#state.scope;
  }

  set scope(value: string | undefined) {
    this.#state.scope = value;
  }

  async query(text: string, values: readonly unknown[]): Promise<ResultSet> {
    const name = this.#statements.nameFor(text);
    const result = await this.#client
      .query<Record<string, unknown>>({ text, values: values.map(parameterText), ...(name ? { name } : {}) })
      .catch(rethrow);
    return { rows: result.rows, count: result.rowCount ?? 0 };
  }

  release(broken = false): void {
    this.#client.release(broken);
  }
}

function rethrow(error: unknown): never {
  if (error instanceof pg.DatabaseError) {
    throw new DatabaseError(error.message, error.code ?? 'XX000', error.constraint);
  }
  if (error instanceof Error) {
    // Anything that is not an answer of the server is a lost or refused connection.
    throw new DatabaseError(error.message, '08006');
  }
  throw error;
}
