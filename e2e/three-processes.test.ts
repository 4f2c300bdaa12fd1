import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdkClients } from './clients.ts';
import { type DemoDatabase, demoDatabase } from './demo-database.ts';
import { ServerProcess } from './server-process.ts';
import { expectedLogs, integrationBody, type Scenario, scenario, storedState } from './shared-entities.ts';

/** More for a longer run: `BUSBAR_CRASH_EVENTS=10000`. */
const EVENTS = Number(process.env['BUSBAR_CRASH_EVENTS'] ?? 600);
const KILLS = Math.max(3, Math.round(EVENTS / 500));
const PER_REQUEST = 10;
const PROCESSES = 3;

/** The embedded database belongs to one process; several need a PostgreSQL. */
const postgres = process.env['BUSBAR_TEST_DATABASE_URL'];

let database: DemoDatabase;
let client: pg.Client;
let token: string;
let servers: ServerProcess[] = [];

beforeAll(async () => {
  if (!postgres) return;
  database = await demoDatabase();
  const { data, environment } = database;
  const first = await ServerProcess.start({ data, environment });
  const others = Array.from({ length: PROCESSES - 1 }, () =>
    ServerProcess.start({ environment: { ...environment, BUSBAR_DEMO: 'off' } }),
  );
  servers = [first, ...(await Promise.all(others))];
  token = await first.command('token', 'admin');
  client = new pg.Client({
    connectionString: database.environment['DATABASE_URL'],
    options: '-c search_path=busbar',
  });
  await client.connect();
}, 300_000);
afterAll(async () => {
  await client?.end();
  await Promise.all(servers.map((server) => server.remove()));
  await database?.drop();
});

it.skipIf(!postgres)(
  'leaves the state of a serial run when three processes share the work and are killed at random',
  async () => {
    const parallel = scenario('parallel', EVENTS);
    const integrations = await createIntegrations(parallel);
    const load = { isOver: false };
    const killer = killAtRandom(load);
    await Promise.all(
      parallel.senders.map((events, sender) => send(integrations[sender] ?? '', events, sender)),
    ).finally(() => {
      load.isOver = true;
    });
    await killer;
    await untilApplied();

    const serial = scenario('serial', EVENTS);
    for (const [sender, integration] of (await createIntegrations(serial)).entries()) {
      await send(integration, serial.senders[sender] ?? [], 0);
      await untilApplied();
    }

    const [left, expected] = [await storedState(client, parallel), await storedState(client, serial)];
    expect(left.logs).toEqual(expectedLogs(parallel));
    expect(left.rest).toEqual(expected.rest);
    for (const [sender, integration] of integrations.entries()) {
      const { data } = await clients(0).toolkit.getMonitoringStats(integration, {});
      const sent = parallel.senders[sender]?.length;
      expect(data.inbound).toMatchObject({ success_count: sent, error_count: 0, warning_count: 0 });
    }
    const { rows } = await client.query<{ deadlocks: string }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    );
    expect(rows[0]?.deadlocks).toBe('0');
  },
  900_000,
);

function clients(process: number) {
  return sdkClients(servers[process % PROCESSES]?.url ?? '', token);
}

async function createIntegrations({ senders }: Scenario): Promise<string[]> {
  const created = senders.map(async (_, sender) => {
    const { data } = await clients(0).toolkit.createIntegrationV2(null, integrationBody(sender));
    return String(data.id);
  });
  return Promise.all(created);
}

/** Kills one process after the other while events are sent, and at least `KILLS` times; whoever was killed starts again before the next one dies. */
async function killAtRandom(load: { readonly isOver: boolean }): Promise<void> {
  for (let kill = 0; kill < KILLS || !load.isOver; kill += 1) {
    await wait(50 + Math.random() * 300);
    const at = Math.floor(Math.random() * PROCESSES);
    const victim = servers[at];
    if (!victim) return;
    await victim.kill();
    servers[at] = await victim.restart();
  }
}

/** Sends an integration's events in their order; what is not acknowledged is sent again, to the next process. */
async function send(
  integration_id: string,
  events: Scenario['senders'][number],
  process: number,
): Promise<void> {
  let at = process;
  for (let from = 0; from < events.length; ) {
    const batch = events.slice(from, from + PER_REQUEST);
    const answer = await clients(at)
      .toolkit.processErpUpdatesEventsV3(null, {
        integration_id,
        events: batch.map(({ use_case_slug, deduplication_id, payload }) => ({
          ...{ use_case_slug, deduplication_id, payload },
          timestamp: new Date().toISOString(),
          format: 'json' as const,
        })),
      })
      .catch(() => undefined);
    if (!answer) {
      at += 1;
      await wait(20);
      continue;
    }
    for (const { status } of answer.data.results ?? []) expect(['success', 'skipped']).toContain(status);
    from += batch.length;
  }
}

/** Waits until nothing accepted is left to be applied; a killed process' share waits for its lease to end. */
async function untilApplied(): Promise<void> {
  for (let attempt = 0; attempt < 1_200; attempt += 1) {
    const { rows } = await client.query('select from inbound_queue limit 1');
    if (rows.length === 0) return;
    await wait(250);
  }
  throw new Error('Accepted events were not applied within five minutes');
}
