import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { type Engine, isTransient, type Session } from './engine.ts';
import type { Sql } from './sql.ts';

/** Statements in one scope. The row type is the statement's own claim about its columns. */
export interface Queries {
  /** Runs a statement and answers its rows. */
  query<Row extends object>(statement: Sql): Promise<Row[]>;
  /** Runs a statement and answers its first row, or undefined. */
  first<Row extends object>(statement: Sql): Promise<Row | undefined>;
  /** Runs a statement and answers how many rows it changed. */
  run(statement: Sql): Promise<number>;
}

/** Statements that see the rows of one organisation only: the database itself hides all others (row-level security). */
export interface TenantQueries extends Queries {
  readonly org: string;
}

/** What both kinds of transactions offer besides statements. */
interface TransactionControl {
  /** Calls back once the transaction has been committed; never when it was rolled back. */
  afterCommit(callback: () => void): void;
}

export type TenantTransaction = TenantQueries & TransactionControl;
export type SystemTransaction = Queries & TransactionControl;

/** One organisation's door to the database: single statements, each a transaction of its own and retried as one, or several in one transaction. */
export interface Tenant extends TenantQueries {
  /** Runs `work` in one transaction, again (up to five times) when the database reports a serialisation conflict or deadlock. */
  transaction<Result>(work: (transaction: TenantTransaction) => Promise<Result>): Promise<Result>;
}

/** The installation's own door: it sees every organisation. For sign-in, jobs, migrations and retention only. */
export interface System extends Queries {
  transaction<Result>(work: (transaction: SystemTransaction) => Promise<Result>): Promise<Result>;
}

const MOST_ATTEMPTS = 5;
/** The database role that handlers' statements run as; it is subject to row-level security. */
export const TENANT_ROLE = 'busbar_tenant';
const SYSTEM_SCOPE = '';

const openTransaction = new AsyncLocalStorage<{ open: boolean }>();

/**
 * The one way to the database. Every statement runs either in a tenant scope, where the connection has the role `busbar_tenant` and
 * `busbar.org_id` set, or in the system scope. The scope is switched only when a connection changes hands between organisations.
 */
export class Database {
  readonly #engine: Engine;
  readonly system: System;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.system = {
      ...this.#statements(SYSTEM_SCOPE),
      transaction: (work) =>
        this.#transaction(SYSTEM_SCOPE, (session, afterCommit) =>
          work({ ...statementsOn(session), afterCommit }),
        ),
    };
  }

  get kind(): Engine['kind'] {
    return this.#engine.kind;
  }

  /** The door of one organisation; `org` comes from a verified principal or a stored record, never from a request's body. */
  tenant(org: string): Tenant {
    if (org === SYSTEM_SCOPE) throw new Error('A tenant scope needs an organisation');
    return {
      org,
      ...this.#statements(org),
      transaction: (work) =>
        this.#transaction(org, (session, afterCommit) =>
          work({ org, ...statementsOn(session), afterCommit }),
        ),
    };
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #statements(scope: string): Queries {
    return {
      query: (statement) =>
        attempted(() => this.#borrow(scope, (session) => statementsOn(session).query(statement))),
      first: (statement) =>
        attempted(() => this.#borrow(scope, (session) => statementsOn(session).first(statement))),
      run: (statement) =>
        attempted(() => this.#borrow(scope, (session) => statementsOn(session).run(statement))),
    };
  }

  async #borrow<Result>(scope: string, work: (session: Session) => Promise<Result>): Promise<Result> {
    if (openTransaction.getStore()?.open) {
      // A second connection inside a transaction would not see its writes, and on the embedded database it would wait for ever.
      throw new Error('A transaction is open here: use it instead of asking the database again');
    }
    const session = await this.#engine.acquire(scope === SYSTEM_SCOPE ? 'system' : 'tenant');
    let broken = true;
    try {
      await enter(session, scope);
      const result = await work(session);
      broken = false;
      return result;
    } catch (error) {
      broken = isLost(error);
      throw error;
    } finally {
      if (broken) session.scope = undefined;
      session.release(broken);
    }
  }

  async #transaction<Result>(
    scope: string,
    work: (session: Session, afterCommit: (callback: () => void) => void) => Promise<Result>,
  ): Promise<Result> {
    return attempted(async () => {
      const callbacks: (() => void)[] = [];
      const result = await this.#borrow(scope, (session) =>
        inTransaction(session, () => work(session, (callback) => callbacks.push(callback))),
      );
      for (const callback of callbacks) callback();
      return result;
    });
  }
}

/** Runs a transaction, or a statement that is one by itself, again when the database reports a serialisation conflict or deadlock. */
async function attempted<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || isLost(error) || attempt === MOST_ATTEMPTS) throw error;
      await wait(Math.random() * 20 * 2 ** attempt);
    }
  }
}

async function inTransaction<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  await session.query('begin', []);
  const marker = { open: true };
  try {
    const result = await openTransaction.run(marker, work);
    await session.query('commit', []);
    return result;
  } catch (error) {
    if (!isLost(error)) await session.query('rollback', []);
    throw error;
  } finally {
    marker.open = false;
  }
}

function statementsOn(session: Session): Queries {
  return {
    async query<Row extends object>(statement: Sql) {
      const result = await session.query(statement.text, statement.values);
      return result.rows as Row[];
    },
    async first<Row extends object>(statement: Sql) {
      const result = await session.query(statement.text, statement.values);
      return result.rows[0] as Row | undefined;
    },
    async run(statement) {
      const result = await session.query(statement.text, statement.values);
      return result.count;
    },
  };
}

/** Puts the connection into a scope: the tenant role with its organisation, or the login role for the system. */
async function enter(session: Session, scope: string): Promise<void> {
  if (session.scope === scope) return;
  const role = scope === SYSTEM_SCOPE ? 'none' : TENANT_ROLE;
  await session.query("select set_config('role', $1, false), set_config('busbar.org_id', $2, false)", [
    role,
    scope,
  ]);
  session.scope = scope;
}

/** The connection itself is gone: neither a rollback nor another statement can reach the server on it. */
function isLost(error: unknown): boolean {
  if (!(error instanceof Error) || !('sqlState' in error) || typeof error.sqlState !== 'string') return false;
  return error.sqlState.startsWith('08') || error.sqlState.startsWith('57P');
}
