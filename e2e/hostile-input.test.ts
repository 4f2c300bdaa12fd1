import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdkClients } from './clients.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';
import { type Answer, erpClient } from './erp-client.ts';
import { until } from './until.ts';

/** It is about the process and not the database: once is enough. How much memory a process has held is told by Linux only. */
const isElsewhere = Boolean(process.env['BUSBAR_TEST_DATABASE_URL']) || process.platform !== 'linux';
const MEGABYTE = 1024 * 1024;
/** What docs/operations.md says a server on the embedded database stays under; about 1,000 MiB of it are there after the start. */
const CEILING_MIB = 1_536;

const EVENTS = '/v3/erp/updates/events';
const SIMULATION = '/v2/erp/updates/mapping_simulation';
const TIMESTAMP = '2026-01-01T00:00:00.000Z';

let demo: DemoServer;
let token = '';
beforeAll(async () => {
  if (isElsewhere) return;
  demo = await startDemoServer();
  token = await demo.server.command('token', 'admin');
});
afterAll(async () => {
  await demo?.close();
});

/** The most memory the process has ever held, in MiB. */
async function peak(): Promise<number> {
  const status = await readFile(`/proc/${demo.server.pid}/status`, 'utf8');
  const held = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (held === undefined) throw new Error('The process is gone');
  return Number(held) / 1024;
}

async function post(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(demo.server.url + path, { method: 'POST', headers, body });
  await answer.arrayBuffer();
  return answer.status;
}

const repeat = (count: number, text: string) => Array.from({ length: count }, () => text);
const atOnce = (count: number, run: () => Promise<number>) => Promise.all(Array.from({ length: count }, run));

/** A mapping with an identifier and these fields. */
function mapping(fields: readonly object[], more: object = {}): object {
  const id = { attribute: 'external_id', field: 'nr' };
  return {
    entities: [{ entity_schema: 'contact', unique_ids: ['external_id'], fields: [id, ...fields], ...more }],
  };
}

const perRow = (jsonataExpression: string) =>
  mapping([{ attribute: 'first_name', jsonataExpression }], { jsonataExpression: 'rows' });

/** Configurations that multiply what they are given, by slug. */
const HOSTILE: Readonly<Record<string, object>> = {
  doubling: perRow('($d := function($s, $n) { $n = 0 ? $s : $d($s & $s, $n - 1) }; $d("0123456789", 24))'),
  padding: perRow('$pad("x", 400000000)'),
  arrays: perRow('[1..9999999]'),
  'smaller-arrays': perRow('[1..100000]'),
  recursion: perRow('($f := function($n) { $n + $f($n + 1) }; $f(0))'),
  endless: perRow('($f := function($n) { $f($n + 1) }; $f(0))'),
  backtracking: perRow('$match($pad("a", 5000, "a") & "!", /^(a+)+$/)'),
  fields: mapping(
    Array.from({ length: 4_000 }, (_, n) => ({ attribute: `a${n}`, field: '$$.rows[0]' })),
    { jsonataExpression: 'rows' },
  ),
  wide: mapping([{ attribute: 'all', field: '$$' }], { jsonataExpression: 'rows' }),
  paths: mapping([{ attribute: 'deep', field: '$$..*..*' }], { jsonataExpression: 'rows' }),
};

const useCase = (slug: string, configuration: object) => ({
  ...{ name: slug, slug, type: 'inbound', enabled: true },
  configuration,
});
const eventText = (slug: string, payload: string, format = 'json') =>
  `{"use_case_slug":"${slug}","timestamp":"${TIMESTAMP}","format":"${format}","payload":${payload}}`;

it.skipIf(isElsewhere)(
  'hostile input costs a bounded amount of memory, and the events of others keep flowing',
  async () => {
    const { call, ok } = erpClient('integration-toolkit', () => sdkClients(demo.server.url, token).toolkit);
    const create = async (name: string, use_cases: readonly object[]) =>
      String((await ok(call('createIntegrationV2', null, { name, use_cases }), 201))['id']);
    const good = await create('Good', [
      useCase('contact', mapping([{ attribute: 'last_name', field: 'name' }])),
    ]);
    const hostile = await create(
      'Hostile',
      Object.entries(HOSTILE).map(([slug, configuration]) => useCase(slug, configuration)),
    );
    const events = (texts: readonly string[]) =>
      `{"integration_id":"${hostile}","events":[${texts.join(',')}]}`;
    const rows = JSON.stringify({
      rows: Array.from({ length: 5_000 }, (_, n) => ({ nr: `h-${n}`, name: 'x'.repeat(100) })),
    });
    const numbers = `{"rows":[${'1,'.repeat(MEGABYTE / 2 - 20)}1]}`;
    const elements = `<r>${'<a/>'.repeat(MEGABYTE / 4 - 20)}</r>`;
    const bomb = '<!DOCTYPE a [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;&b;&b;</a>';

    const applied = async (integration: string) =>
      (await ok(call('getMonitoringStats', integration, {})))['inbound'];
    let sent = 0;
    let done = false;
    const flow = (async () => {
      while (!done) {
        const event = {
          ...{ use_case_slug: 'contact', timestamp: TIMESTAMP, format: 'json' },
          payload: { nr: `good-${sent}`, name: 'x' },
        };
        const answer: Answer = await call('processErpUpdatesEventsV3', null, {
          integration_id: good,
          events: [event],
        });
        expect(answer.status).toBe(200);
        sent += 1;
        await wait(50);
      }
    })();

    // Bodies, one kind after the other, two of them at once.
    const nested = `{"integration_id":"${hostile}","events":${'['.repeat(4 * MEGABYTE)}${']'.repeat(4 * MEGABYTE)}}`;
    expect(await atOnce(2, () => post(EVENTS, nested))).toEqual([400, 400]);
    expect(await post(EVENTS, new Uint8Array(MEGABYTE).fill(0xff))).toBe(400);
    const deep = `{"rows":${'['.repeat(100)}${']'.repeat(100)}}`;
    const accepted = [
      events([eventText('wide', JSON.stringify(bomb), 'xml')]),
      events([eventText('wide', JSON.stringify(deep))]),
      events([eventText('wide', `{"rows":"${'x'.repeat(9.9 * MEGABYTE)}"}`)]),
      events(repeat(9, eventText('wide', numbers))),
      events(repeat(9, eventText('wide', JSON.stringify(elements), 'xml'))),
    ];
    for (const body of accepted) expect(await atOnce(2, () => post(EVENTS, body))).toEqual([200, 200]);
    const beyond = [
      { format: 'json', payload: `[${'1,'.repeat(4.5 * MEGABYTE)}1]` },
      { format: 'xml', payload: `<r>${'<a/>'.repeat(1.7 * MEGABYTE)}</r>` },
    ].map((body) => JSON.stringify({ event_configuration: HOSTILE['wide'], ...body }));
    for (const body of beyond) expect(await atOnce(2, () => post(SIMULATION, body))).toEqual([422, 422]);

    // Configurations, first tried out one after the other, then all at once with events.
    for (const configuration of Object.values(HOSTILE)) {
      const body = `{"event_configuration":${JSON.stringify(configuration)},"format":"json","payload":${rows}}`;
      expect(await post(SIMULATION, body)).toBe(200);
    }
    const slugs = Object.keys(HOSTILE);
    const bodies = slugs.map((slug) => events(repeat(3, eventText(slug, rows))));
    const answers = await Promise.all(bodies.map((body) => post(EVENTS, body)));
    expect(new Set(answers)).toEqual(new Set([200]));
    const expected = 2 * 20 + 3 * slugs.length;
    await until(
      'the hostile events end',
      async () => Number((await applied(hostile))?.['total_events']) >= expected || undefined,
      240_000,
    );

    done = true;
    await flow;
    await until('all others are applied', async () =>
      Number((await applied(good))?.['success_count']) === sent ? true : undefined,
    );
    expect(await peak()).toBeLessThan(CEILING_MIB);
  },
  300_000,
);
