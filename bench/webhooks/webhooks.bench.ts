/**
 * Durable signed deliveries per second beside a bare loop that signs and posts the same bodies with an undici Pool; the same with one receiver
 * among a hundred that never answers; and the time from commit to arrival on an idle system.
 * `node bench/webhooks/webhooks.bench.ts [database url]`: without a URL the embedded database in memory.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ExpressionCage } from '@busbar/jsonata';
import { Pool } from 'undici';
import { createEvents, emitEvents, jsonataExpressions } from '../../apps/server/src/events/index.ts';
import { writeConfig } from '../../apps/server/src/events/webhooks/config-store.ts';
import { readSigningSecret, signatureHeaders } from '../../apps/server/src/events/webhooks/signature.ts';
import { ensureSigningKey, newSigningSecret } from '../../apps/server/src/events/webhooks/signing-keys.ts';
import { SIGNING_PURPOSE, sealAuth } from '../../apps/server/src/events/webhooks/webhook-config.ts';
import { JobWorkers } from '../../apps/server/src/jobs/index.ts';
import {
  createEgress,
  createSecretBox,
  createSystemDns,
  parseAllowedTargets,
  systemClock,
} from '../../apps/server/src/ports/index.ts';
import { openStorage, sql } from '../../apps/server/src/storage/index.ts';

const EVENTS = 10_000;
const WEBHOOKS = 100;
const ROUNDS = 3;
const BODY = {
  meter: { meter_number: '1EMH0012345678' },
  readings: Array.from({ length: 8 }, (_, n) => ({ obis: `1-0:1.8.${n}`, value: 10_000 + n })),
};

const sink = fork(fileURLToPath(new URL('./sink.ts', import.meta.url)), { execArgv: ['--no-warnings'] });
const [port = 0, deadPort = 0] = await ask<{ ports: number[] }>(sink, undefined).then(({ ports }) => ports);
const storage = await openStorage({ databaseUrl: process.argv[2], data: 'memory://', connections: 8 });
const { database } = storage;
const secrets = createSecretBox([{ id: '00112233445566ff', bytes: new Uint8Array(32).fill(7) }]);
const rows: Record<string, string>[] = [];

async function ask<Answer>(child: ChildProcess, question: object | undefined): Promise<Answer> {
  if (question) child.send(question);
  const [answer] = await once(child, 'message');
  return answer as Answer;
}

const received = async () => (await ask<{ received: number }>(sink, {})).received;

async function bare(): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64 });
  const keys = {
    privateKey: generateKeyPairSync('ed25519').privateKey,
    secret: readSigningSecret(newSigningSecret()),
  };
  const body = JSON.stringify(BODY);
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (next < EVENTS) {
        next += 1;
        const headers = {
          'content-type': 'application/json',
          ...signatureHeaders(keys, `msg_${next}`, new Date(), body),
        };
        const answer = await pool.request({ method: 'POST', path: '/', headers, body });
        await answer.body.dump();
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  await pool.close();
  return EVENTS / seconds;
}

/** A fresh organisation with its webhooks, events and workers. */
async function setUp(webhooks: number, dead: boolean) {
  const org = String(randomInt(1_000_000, 2 ** 47));
  const tenant = database.tenant(org);
  const egress = createEgress({ dns: createSystemDns(), allow: parseAllowedTargets('127.0.0.1') });
  const cage = new ExpressionCage();
  const now = new Date();
  await ensureSigningKey(tenant, secrets, now);
  for (let n = 0; n < webhooks; n += 1)
    await writeConfig(tenant, {
      id: `w${n}`,
      name: `w${n}`,
      eventName: 'none',
      enabled: true,
      definition: { url: `http://127.0.0.1:${dead && n === 0 ? deadPort : port}/`, httpMethod: 'POST' },
      sealedAuth: sealAuth(secrets, org, { authType: 'NONE' }),
      sealedSigningSecret: secrets.seal(newSigningSecret(), { org, purpose: SIGNING_PURPOSE }),
      createdAt: now,
      updatedAt: now,
    });
  const events = createEvents({
    database,
    clock: systemClock,
    secrets,
    egress,
    expressions: jsonataExpressions(cage),
    access: { requireGrant: async () => undefined },
    planners: [
      {
        name: 'bench',
        concerned: async () => [],
        plan: async ({ body }) => ({
          webhooks: [],
          deliveries: [
            { target: 'one', webhookId: String(body['webhook']), content: { kind: 'body', body: BODY } },
          ],
        }),
      },
    ],
  });
  const workers = new JobWorkers({
    database,
    clock: systemClock,
    queues: events.queues,
    organisations: [org],
  });
  const emit = (from: number, count: number) =>
    tenant.transaction((tx) =>
      emitEvents(
        tx,
        Array.from({ length: count }, (_, n) => ({
          name: 'MeterReadingAdded',
          payload: { webhook: `w${(from + n) % webhooks}` },
        })),
        new Date(),
      ),
    );
  const close = async () => {
    await workers.stop(0);
    await egress.close();
    await cage.close();
  };
  return { org, tenant, workers, emit, close };
}

/**
 * From committed events to arrived messages; `wanted` of them, since those for a dead receiver never arrive. The workers were idle before, as
 * they are in a server: the plans of their statements come from empty queues.
 */
async function durable(dead: boolean): Promise<number> {
  const { org, tenant, workers, emit, close } = await setUp(WEBHOOKS, dead);
  for (let n = 0; n < 10; n += 1) await workers.drain();
  for (let at = 0; at < EVENTS; at += 500) await emit(at, 500);
  const wanted = dead ? EVENTS - EVENTS / WEBHOOKS : EVENTS;
  const before = await received();
  const startedAt = performance.now();
  await workers.start();
  while ((await received()) - before < wanted) await wait(10);
  const seconds = (performance.now() - startedAt) / 1000;
  if (!dead) {
    await workers.drain();
    const states = await tenant.query(sql`
      select status, count(*) as n from webhook_delivery where org_id = ${org} group by status`);
    if (JSON.stringify(states) !== JSON.stringify([{ status: 'succeeded', n: EVENTS }]))
      throw new Error(JSON.stringify(states));
  }
  await close();
  return wanted / seconds;
}

/** Milliseconds from the commit of an event to its arrival, on an idle system, sorted. */
async function latencies(): Promise<number[]> {
  const { workers, emit, close } = await setUp(1, false);
  await workers.start();
  const times: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const before = await received();
    await emit(0, 1);
    const startedAt = performance.now();
    while ((await received()) === before);
    times.push(performance.now() - startedAt);
    await wait(5);
  }
  await close();
  return times.sort((a, b) => a - b);
}

for (let round = 0; round < ROUNDS; round += 1) {
  const base = await bare();
  const plain = await durable(false);
  const withDead = await durable(true);
  rows.push({
    'bare signed POSTs/s': base.toFixed(0),
    'durable deliveries/s': plain.toFixed(0),
    'W1 durable : bare': (plain / base).toFixed(2),
    'with one dead of 100': withDead.toFixed(0),
    'W3 with dead : without': (withDead / plain).toFixed(2),
  });
}
console.log(`database: ${database.kind}`);
console.table(rows);
const times = await latencies();
const at = (share: number) => times[Math.floor(times.length * share)]?.toFixed(1);
console.log(`W2 commit to arrival, idle: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
await storage.close();
sink.kill();
