import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdkClients } from './clients.ts';
import { type DemoDatabase, demoDatabase } from './demo-database.ts';
import { ServerProcess } from './server-process.ts';

/** More for a longer run: `BUSBAR_CRASH_KILLS=200`. */
const KILLS = Number(process.env['BUSBAR_CRASH_KILLS'] ?? 8);
const ENTITIES = 7;

let database: DemoDatabase;
let server: ServerProcess;
beforeAll(async () => {
  database = await demoDatabase();
  server = await ServerProcess.start(database);
});
afterAll(async () => {
  await server.remove();
  await database.drop();
});

it('applies every acknowledged event exactly once, however often the server is killed', async () => {
  const admin = sdkClients(server.url, await server.command('token', 'admin'));
  const { data: integration } = await admin.toolkit.createIntegrationV2(null, {
    name: 'Crash test',
    use_cases: [
      {
        name: 'Numbered',
        slug: 'numbered',
        type: 'inbound',
        enabled: true,
        configuration: {
          entities: [
            {
              entity_schema: 'contact',
              unique_ids: ['customer_number'],
              fields: [
                { attribute: 'customer_number', field: 'customer' },
                { attribute: 'numbers', jsonataExpression: '{ "_append_all": [number] }' },
              ],
            },
          ],
        },
      },
    ],
  });
  const acknowledged = new Set<number>();
  let sent = 0;
  let loading = true;

  const load = async () => {
    while (loading) {
      const numbers = Array.from({ length: 1 + Math.floor(Math.random() * 5) }, () => {
        sent += 1;
        return sent;
      });
      const answer = await admin.erp
        .processErpUpdatesEventsV3(null, {
          integration_id: String(integration.id),
          events: numbers.map((number) => ({
            use_case_slug: 'numbered',
            timestamp: new Date().toISOString(),
            format: 'json' as const,
            payload: { customer: `crash-${number % ENTITIES}`, number },
          })),
        })
        .catch(() => undefined);
      answer?.data.results?.forEach((result, at) => {
        const number = numbers[at];
        if (result.status === 'success' && number !== undefined) acknowledged.add(number);
      });
      if (!answer) await wait(20);
    }
  };
  const loader = load();
  for (let kill = 0; kill < KILLS; kill += 1) {
    await wait(50 + Math.random() * 400);
    await server.kill();
    server = await server.restart();
  }
  await wait(300);
  loading = false;
  await loader;

  const applied = await untilSettled(acknowledged, async () => {
    const { data } = await admin.entity.searchEntities(null, { q: 'customer_number:crash*', size: 100 });
    return (data.results ?? []).flatMap((entity) => entity['numbers'] ?? []).map(Number);
  });
  const once = new Set(applied);
  expect(applied.length).toBe(once.size);
  expect([...acknowledged].filter((number) => !once.has(number))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(KILLS);
}, 900_000);

/** Asks until everything that must be there is, and three answers in a row are equally long; gives up after two minutes. */
async function untilSettled(wanted: ReadonlySet<number>, ask: () => Promise<number[]>): Promise<number[]> {
  let last: number[] = [];
  let same = 0;
  for (let attempt = 0; attempt < 240 && same < 3; attempt += 1) {
    await wait(500);
    const answer = await ask();
    const found = new Set(answer);
    same = answer.length === last.length && [...wanted].every((number) => found.has(number)) ? same + 1 : 0;
    last = answer;
  }
  return last;
}
