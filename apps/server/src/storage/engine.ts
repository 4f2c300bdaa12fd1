/** What a statement answered. */
export interface ResultSet {
  readonly rows: Record<string, unknown>[];
  readonly count: number;
}

/** One connection, used by one caller at a time. */
export interface Session {
  /** Runs one statement with bound parameters. `count` is the number of rows returned or changed. */
  query(text: string, values: readonly unknown[]): Promise<ResultSet>;
  /** Gives the connection back; `broken` drops it instead. */
  release(broken?: boolean): void;
  /** What the connection is scoped to at the moment; kept by `Database`. */
  scope: string | undefined;
}

/** Who asks for a connection: a tenant's statements or the installation's own. */
export type Door = 'tenant' | 'system';

/**
 * The port behind `Database`: PostgreSQL (a pool of connections) or the embedded PGlite (one connection in a worker thread).
 * Everything the rest of the server knows of a database goes through these few methods.
 */
export interface Engine {
  readonly kind: 'postgres' | 'embedded';
  /** Waits for a free connection. Connections of the two doors are kept apart where there are several: changing scope costs a round trip. */
  acquire(door: Door): Promise<Session>;
  close(): Promise<void>;
}

/** A database error with its SQLSTATE, the same for both engines. */
export class DatabaseError extends Error {
  readonly sqlState: string;
  readonly constraint: string | undefined;

  constructor(message: string, sqlState: string, constraint?: string) {
    super(message);
    this.name = 'DatabaseError';
    this.sqlState = sqlState;
    this.constraint = constraint;
  }
}

/** True for errors that a fresh attempt of the same transaction may not meet again. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof DatabaseError &&
    (error.sqlState === '40001' ||
      error.sqlState === '40P01' ||
      error.sqlState.startsWith('08') ||
      error.sqlState.startsWith('57P'))
  );
}

/** True when a unique index refused the row; `constraint` narrows it to one index. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    error instanceof DatabaseError &&
    error.sqlState === '23505' &&
    (constraint === undefined || error.constraint === constraint)
  );
}
