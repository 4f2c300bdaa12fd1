import { randomInt } from 'node:crypto';
import { type Database, openStorage } from '../storage/index.ts';

/** What the tests of one worker share; module caches are per worker, the process is too. */
let opened: Promise<Database> | undefined;

/** The database under test: the embedded one, or with `BUSBAR_TEST_DATABASE_URL` a PostgreSQL. One per worker, never emptied. */
export function testDatabase(): Promise<Database> {
  opened ??= openStorage({
    databaseUrl: process.env['BUSBAR_TEST_DATABASE_URL'] || undefined,
    data: 'memory://',
    connections: 8,
  }).then((storage) => storage.database);
  return opened;
}

/** A fresh organisation id: every test file works in organisations of its own, so that nothing needs to be cleaned up. */
export function testOrganisation(): string {
  return String(randomInt(1_000_000, 2 ** 47));
}
