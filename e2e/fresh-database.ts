import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of its own for one test. */
export interface FreshDatabase {
  /** What it is called on its PostgreSQL; undefined for the embedded database. */
  readonly name: string | undefined;
  /** Environment of a server on it; empty for the embedded database. */
  readonly environment: Readonly<Record<string, string>>;
  drop(): Promise<void>;
}

/**
 * A new database on the given PostgreSQL (default: `BUSBAR_TEST_DATABASE_URL`), empty or a copy of `template`; without a PostgreSQL nothing, the
 * server then uses the embedded database.
 */
export async function freshDatabase(
  given = process.env['BUSBAR_TEST_DATABASE_URL'],
  template = 'template1',
): Promise<FreshDatabase> {
  if (!given) return { name: undefined, environment: {}, drop: async () => undefined };
  const name = `busbar_e2e_${randomBytes(6).toString('hex')}`;
  await execute(given, `create database ${name} template ${template}`);
  const url = new URL(given);
  url.pathname = `/${name}`;
  return {
    name,
    environment: { DATABASE_URL: url.href },
    drop: () => dropDatabase(given, name),
  };
}

/** Drops a database on the given PostgreSQL, whoever is connected to it. */
export function dropDatabase(given: string, name: string): Promise<void> {
  return execute(given, `drop database if exists ${name} with (force)`);
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
