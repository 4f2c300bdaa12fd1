import { defineConfig } from 'vitest/config';

/**
 * One worker per core, modules shared inside a worker: the server tests start one database and one server per worker,
 * and each test file works in an organisation of its own.
 */
export default defineConfig({
  test: {
    include: ['packages/**/*.test.ts', 'apps/**/*.test.ts'],
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
