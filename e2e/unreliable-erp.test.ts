import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  openStandIn,
  type ReceivedRequest,
  type StandIn,
  type StandInAnswer,
} from '../apps/server/src/integration/testing/stand-in.ts';
import { sdkClients } from './clients.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';

/** How the ERP takes the first attempt at a message; every later one succeeds. A receiver that is silent five times in a row would be left alone. */
const FIRST_ANSWERS: readonly StandInAnswer[] = [
  { status: 200 },
  'drop',
  { status: 500 },
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 503, body: 'x'.repeat(100_000) },
];
const MESSAGES = 25;
const HANGING = 7;
/** Deliveries of one webhook that are under way at once; further apart than this they cannot overtake each other. */
const AT_ONCE = 16;

/** It is about HTTP, and waits for time-outs: once, on the embedded database, is enough. */
const isPostgres = Boolean(process.env['BUSBAR_TEST_DATABASE_URL']);

let demo: DemoServer;
let erp: StandIn;
beforeAll(async () => {
  if (isPostgres) return;
  [demo, erp] = await Promise.all([startDemoServer({ BUSBAR_ALLOWED_EGRESS: '127.0.0.0/8' }), openStandIn()]);
});
afterAll(async () => {
  await demo?.close();
  await erp?.close();
});

it.skipIf(isPostgres)(
  'an ERP that fails, hangs and drops connections gets every message in order, and takes each one once',
  async () => {
    const token = await demo.server.command('token', 'admin');
    const { toolkit, entity, webhooks } = sdkClients(demo.server.url, token);
    const targets = await Promise.all(
      ['/one', '/two'].map(async (path) => {
        const { data } = await webhooks.createConfig(null, {
          name: path,
          eventName: 'event_PaymentMethodUpdated',
          url: erp.url + path,
          httpMethod: 'POST',
          enabled: true,
        });
        return { path, id: String(data.id) };
      }),
    );
    await toolkit.createIntegrationV2(null, {
      name: 'Unreliable',
      use_cases: targets.map(({ path, id }) => ({
        name: path,
        slug: path.slice(1),
        type: 'outbound' as const,
        enabled: true,
        configuration: {
          event_catalog_event: 'PaymentMethodUpdated',
          mappings: [
            {
              name: 'account',
              enabled: true,
              jsonata_expression: '{ "nr": billing_account.billing_account_number }',
              delivery: { type: 'webhook' as const, webhook_id: id },
            },
          ],
        },
      })),
    });
    const taken: string[] = [];
    erp.answer = (request) => answer(request, taken);

    const numbers = Array.from({ length: MESSAGES }, (_, n) => `A-${n}`);
    const accounts: string[] = [];
    for (const billing_account_number of numbers) {
      const { data } = await entity.createEntity({ slug: 'billing_account' }, { billing_account_number });
      accounts.push(String(data['_id']));
    }
    for (const [n, id] of accounts.entries()) {
      await entity.patchEntity(
        { slug: 'billing_account', id },
        { payment_method: [{ type: 'payment_invoice', data: { n } }] },
      );
    }

    const expected = targets.flatMap(({ path }) => numbers.map((nr) => `${path} ${nr}`)).sort();
    for (let attempt = 0; attempt < 600 && taken.length < expected.length; attempt += 1) await wait(100);
    expect([...taken].sort()).toEqual(expected);

    for (const { path } of targets) {
      const first = [
        ...new Set(erp.received.filter((one) => one.path === path).map(({ body }) => JSON.parse(body).nr)),
      ];
      const late = first.filter((nr, at) =>
        first.slice(0, at).some((before) => indexOf(before) >= indexOf(nr) + AT_ONCE),
      );
      expect(late).toEqual([]);
    }
    const ids = new Map(
      erp.received.map(({ headers, path, body }) => [String(headers['webhook-id']), path + body]),
    );
    expect(ids.size).toBe(expected.length);
  },
  120_000,
);

function indexOf(nr: string): number {
  return Number(nr.slice(2));
}
/** The ERP carries out what it answers with 200, once per message id. */
function answer(request: ReceivedRequest, taken: string[]): StandInAnswer {
  const { nr } = JSON.parse(request.body);
  const attempts = erp.received.filter(
    ({ headers }) => headers['webhook-id'] === request.headers['webhook-id'],
  );
  const index = indexOf(nr);
  const chosen = attempts.length > 1 ? FIRST_ANSWERS[0] : FIRST_ANSWERS[index % FIRST_ANSWERS.length];
  if (attempts.length === 1 && index === HANGING && request.path === '/one') return 'hang';
  if (typeof chosen === 'object' && chosen.status === 200) taken.push(`${request.path} ${nr}`);
  return chosen ?? 'drop';
}
