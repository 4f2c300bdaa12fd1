import { defineConfig } from 'vitest/config';

/**
 * One worker per core, modules shared inside a worker: the server tests start one database and one server per worker, and each test file
 * works in organisations of its own. With `DATABASE_URL` set, everything that touches a database runs a second time on that PostgreSQL.
 */
const worker = { pool: 'forks', isolate: false, testTimeout: 60_000, hookTimeout: 120_000 } as const;
const postgres = process.env.DATABASE_URL;
/** `.ci/run` reads its counts from a JSON report. */
const report = process.env.BUSBAR_TEST_REPORT;

/** The end-to-end tests copy a demo utility that is loaded once per run and engine (e2e/demo-database.ts). */
process.env.BUSBAR_TEST_RUN = String(process.pid);

/** The journeys share one server with the demo utility, which is started when one of them runs. */
const JOURNEYS = 'e2e/journeys/**/*.test.ts';

/** The projects on one database: everything that touches it, and the journeys. */
function projectsOn(name: string, journeys: string, databaseUrl: string) {
  const env = { DATABASE_URL: '', BUSBAR_TEST_DATABASE_URL: databaseUrl };
  const include = ['apps/**/*.test.ts', 'e2e/**/*.test.ts'];
  return [
    { test: { name, include, exclude: [JOURNEYS], env, globalSetup: 'e2e/clean-up.ts', ...worker } },
    {
      test: {
        ...{ name: journeys, include: [JOURNEYS], env, ...worker },
        globalSetup: ['e2e/clean-up.ts', 'e2e/journeys/start-demo-server.ts'],
      },
    },
  ];
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    ...(report ? { reporters: ['default', 'json'], outputFile: { json: report } } : {}),
    projects: [
      { test: { name: 'packages', include: ['packages/**/*.test.ts'], ...worker } },
      ...projectsOn('embedded', 'journeys', ''),
      ...(postgres ? projectsOn('postgres', 'journeys-postgres', postgres) : []),
    ],
  },
});
