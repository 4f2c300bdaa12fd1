import pg from 'pg';
import { DatabaseError, type Door, type Engine, type ResultSet, type Session } from './engine.ts';
import { valueParser } from './row-values.ts';

/** How often a statement must be seen before it is prepared on the server: rare, generated texts must not pile up there. */
const PREPARE_AFTER = 3;
const MOST_PREPARED = 600;
/**
 * Statements that join arrays with tables or walk through an index are planned for what they get: a plan that is kept assumes ten elements in
 * every array, and goes on to assume that a queue is as empty as it was when the plan was made.
 */
const JOINS_ARRAYS = /^(?=[\s\S]*\bunnest\()[\s\S]*\b(?:join|delete from|update \w+(?: as \w+)?\s+set)\b/;
const WALKS = /\bwith recursive\b/;
/** A kept plan must not read whole tables because they were small when it was made; and what it must read is never worth compiling. */
const PLANNING = '-c enable_seqscan=off -c jit=off';

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

function createPool(options: { url: string; searchPath: string }, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: size,
    options: `-c search_path=${options.searchPath} -c timezone=UTC -c client_min_messages=warning ${PLANNING}`,
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
      .query<Record<string, unknown>>({ text, values: [...values], ...(name ? { name } : {}) })
      .catch(rethrow);
    return { rows: result.rows, count: result.rowCount ?? 0 };
  }

  release(broken = false): void {
    this.#client.release(broken);
  }
}

/** Names frequent statements so that PostgreSQL parses and plans them once per connection. */
class StatementNames {
  readonly #seen = new Map<string, number>();
  #prepared = 0;

  nameFor(text: string): string | undefined {
    const seen = this.#seen.get(text) ?? 0;
    if (seen < 0) return `s${-seen}`;
    if (seen + 1 >= PREPARE_AFTER && this.#prepared < MOST_PREPARED && keepsItsPlan(text)) {
      this.#prepared += 1;
      this.#seen.set(text, -this.#prepared);
      return `s${this.#prepared}`;
    }
    if (this.#seen.size > 5_000) this.#forgetRare();
    this.#seen.set(text, seen + 1);
    return undefined;
  }

  #forgetRare(): void {
    for (const [text, seen] of this.#seen) if (seen > 0) this.#seen.delete(text);
  }
}

function keepsItsPlan(text: string): boolean {
  return !JOINS_ARRAYS.test(text) && !WALKS.test(text);
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
