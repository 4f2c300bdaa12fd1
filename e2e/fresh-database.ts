import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of its own for one test. */
export interface FreshDatabase {
  /** Environment of a server on it; empty for the embedded database. */
  readonly environment: Readonly<Record<string, string>>;
  drop(): Promise<void>;
}

/** A new database on the given PostgreSQL (default: `BUSBAR_TEST_DATABASE_URL`); without one nothing, the server then uses the embedded one. */
export async function freshDatabase(given = process.env['BUSBAR_TEST_DATABASE_URL']): Promise<FreshDatabase> {
  if (!given) return { environment: {}, drop: async () => undefined };
  const name = `busbar_e2e_${randomBytes(6).toString('hex')}`;
  await execute(given, `create database ${name}`);
  const url = new URL(given);
  url.pathname = `/${name}`;
  return {
    environment: { DATABASE_URL: url.href },
    drop: () => execute(given, `drop database if exists ${name} with (force)`),
  };
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
