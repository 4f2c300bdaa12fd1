import { defineConfig } from 'vitest/config';

/**
 * One worker per core, modules shared inside a worker: the server tests start one database and one server per worker, and each test file
 * works in organisations of its own. With `DATABASE_URL` set, everything that touches a database runs a second time on that PostgreSQL.
 */
const worker = { pool: 'forks', isolate: false, testTimeout: 60_000, hookTimeout: 120_000 } as const;
const postgres = process.env.DATABASE_URL;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { name: 'packages', include: ['packages/**/*.test.ts'], ...worker } },
      {
        test: {
          name: 'embedded',
          include: ['apps/**/*.test.ts'],
          env: { DATABASE_URL: '', BUSBAR_TEST_DATABASE_URL: '' },
          ...worker,
        },
      },
      ...(postgres
        ? [
            {
              test: {
                name: 'postgres',
                include: ['apps/**/*.test.ts'],
                env: { DATABASE_URL: '', BUSBAR_TEST_DATABASE_URL: postgres },
                ...worker,
              },
            },
          ]
        : []),
    ],
  },
});
