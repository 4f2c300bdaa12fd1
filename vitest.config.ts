import { defineConfig } from 'vitest/config';

/**
 * One worker per core, modules shared inside a worker: the server tests start one database and one server per worker, and each test file
 * works in organisations of its own. With `DATABASE_URL` set, everything that touches a database runs a second time on that PostgreSQL.
 */
const worker = { pool: 'forks', isolate: false, testTimeout: 60_000, hookTimeout: 120_000 } as const;
const postgres = process.env.DATABASE_URL;
/** `.ci/run` reads its counts from a JSON report. */
const report = process.env.BUSBAR_TEST_REPORT;

export default defineConfig({
  test: {
    maxWorkers: 2,
    ...(report ? { reporters: ['default', 'json'], outputFile: { json: report } } : {}),
    projects: [
      { test: { name: 'packages', include: ['packages/**/*.test.ts'], ...worker } },
      {
        test: {
          name: 'embedded',
          include: ['apps/**/*.test.ts', 'e2e/**/*.test.ts'],
          env: { DATABASE_URL: '', BUSBAR_TEST_DATABASE_URL: '' },
          ...worker,
        },
      },
      ...(postgres
        ? [
            {
              test: {
                name: 'postgres',
                include: ['apps/**/*.test.ts', 'e2e/**/*.test.ts'],
                env: { DATABASE_URL: '', BUSBAR_TEST_DATABASE_URL: postgres },
                ...worker,
              },
            },
          ]
        : []),
    ],
  },
});
