import { randomInt } from 'node:crypto';
import pg from 'pg';
import { type Database, openStorage } from '../storage/index.ts';

/** What the tests of one worker share; module caches are per worker, the process is too. */
let opened: Promise<Database> | undefined;

/**
 * The database under test: the embedded one, or with `BUSBAR_TEST_DATABASE_URL` one of the worker's own on that PostgreSQL. Workers have
 * clocks of their own, so they must not work on each other's jobs. Never emptied.
 */
export function testDatabase(): Promise<Database> {
  opened ??= open();
  return opened;
}

/** A fresh organisation id: every test file works in organisations of its own, so that nothing needs to be cleaned up. */
export function testOrganisation(): string {
  return String(randomInt(1_000_000, 2 ** 47));
}

let url: Promise<string | undefined> | undefined;

/** Where this worker's PostgreSQL database is, for processes that a test starts; undefined on the embedded database. */
export function testDatabaseUrl(): Promise<string | undefined> {
  const given = process.env['BUSBAR_TEST_DATABASE_URL'];
  url ??= given ? workerDatabase(given) : Promise.resolve(undefined);
  return url;
}

async function open(): Promise<Database> {
  const storage = await openStorage({
    databaseUrl: await testDatabaseUrl(),
    data: 'memory://',
    connections: 12,
  });
  return storage.database;
}

/** Makes this worker's database beside the given one, and drops those of workers that have ended. */
async function workerDatabase(given: string): Promise<string> {
  const url = new URL(given);
  const prefix = `${url.pathname.slice(1)}_worker_`;
  const client = new pg.Client({ connectionString: given });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of rows) {
      if (!isRunning(Number(datname.slice(prefix.length)))) {
        await client.query(`drop database if exists ${pg.escapeIdentifier(datname)} with (force)`);
      }
    }
    await client.query(`create database ${pg.escapeIdentifier(`${prefix}${process.pid}`)}`);
  } finally {
    await client.end();
  }
  url.pathname = `/${prefix}${process.pid}`;
  return url.href;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
