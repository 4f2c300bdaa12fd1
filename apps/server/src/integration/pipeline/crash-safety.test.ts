import { ExpressionCage } from '@busbar/jsonata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Job, type JobContext, JobPostponed, type SingleQueue } from '../../jobs/index.ts';
import { sql, type Tenant, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';
import { acceptEvents } from '../inbound/accept-events.ts';
import { incomingEvents } from '../inbound/incoming-event.ts';
import { UseCaseMemory } from '../inbound/known-use-cases.ts';
import { type ErpFixture, erpFixture, event, useCase } from '../testing/erp-fixture.ts';
import { inboundQueue } from './drain-integration.ts';

/** Appends to lists, so that an update that is applied twice shows. */
const APPEND = useCase(
  'append',
  'contact',
  [
    { attribute: 'external_id', field: 'nr' },
    { attribute: 'list', jsonataExpression: '{ "_append_all": [value] }' },
  ],
  { jsonataExpression: 'items' },
);

const cage = new ExpressionCage();
afterAll(() => cage.close());

/** What may go wrong: at the `at`-th statement (or commit), before or after it took effect; `dead` when nothing works any more afterwards. */
interface Fault {
  readonly at: number;
  readonly when: 'before' | 'after';
  readonly dead: boolean;
}

class Crash extends Error {
  readonly code = 'CRASH';
}

/** A tenant whose statements fail as planned. */
function faulty(tenant: Tenant, fault: Fault): Tenant {
  let count = 0;
  const guard = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    count += 1;
    const fails = fault.dead ? count >= fault.at : count === fault.at;
    if (fails && (fault.when === 'before' || count > fault.at)) throw new Crash(`statement ${count}`);
    const result = await work();
    if (fails) throw new Crash(`after statement ${count}`);
    return result;
  };
  const guarded = (queries: TenantQueries): TenantQueries => ({
    org: queries.org,
    query: (statement) => guard(() => queries.query(statement)),
    first: (statement) => guard(() => queries.first(statement)),
    run: (statement) => guard(() => queries.run(statement)),
  });
  return {
    ...guarded(tenant),
    transaction: (work) =>
      guard(() =>
        tenant.transaction((tx) => {
          const inner: TenantTransaction = {
            ...guarded(tx),
            afterCommit: (callback) => tx.afterCommit(callback),
          };
          return work(inner);
        }),
      ),
  };
}

let erp: ErpFixture;
let queue: SingleQueue;
const reported: unknown[] = [];
beforeAll(async () => {
  erp = await erpFixture([APPEND]);
  const { rooms, storage, ports } = erp.server.busbar;
  queue = inboundQueue({
    database: storage.database,
    clock: ports.clock,
    access: rooms.identity.access,
    graph: rooms.entities,
    evaluatorOf: (org) => cage.forTenant(org),
    readings: { write: async () => [], prune: async () => 0 },
    report: (error) => reported.push(error),
    fileProxyBase: 'http://proxy.test',
  });
});

function drain(tenant: Tenant, attempt: number): Promise<void> {
  const job: Job = {
    id: 1,
    org: tenant.org,
    queue: queue.name,
    lane: erp.integrationId,
    payload: { integrationId: erp.integrationId },
    attempt,
    createdAt: erp.server.clock.now(),
  };
  const context: JobContext = {
    tenant,
    signal: new AbortController().signal,
    completeIn: async () => undefined,
    ending: { jobs: [], worker: '', ended: () => undefined },
  };
  return queue.handler(job, context);
}

/** Accepts events without a job: it is done by hand here, and no other worker may take it. */
function accept(events: readonly object[]) {
  const now = erp.server.clock.now();
  const body = {
    events: events.map((one) => ({ timestamp: '', format: 'json', payload: {}, ...one }) as const),
  };
  const incoming = incomingEvents(body.events, 'crash', 'named');
  return erp.tenant.transaction(async (tx) => {
    const [results = []] = await acceptEvents(
      tx,
      new UseCaseMemory(),
      [{ integrationId: erp.integrationId, events: incoming }],
      now,
    );
    await tx.run(sql`delete from job where org_id = ${tx.org} and queue = ${queue.name}`);
    return results;
  });
}

let serial = 0;

/** Five events for two entities, three updates each; answers what both lists must be in the end. */
async function sendEvents(): Promise<{ a: string; b: string; expected: number[] }> {
  serial += 1;
  const [a, b] = [`a${serial}`, `b${serial}`];
  const events = Array.from({ length: 5 }, (_, n) =>
    event('append', {
      items: [
        { nr: a, value: n * 2 },
        { nr: b, value: n },
        { nr: a, value: n * 2 + 1 },
      ],
    }),
  );
  await accept(events);
  return { a, b, expected: Array.from({ length: 10 }, (_, n) => n) };
}

async function expectApplied({
  a,
  b,
  expected,
}: {
  a: string;
  b: string;
  expected: number[];
}): Promise<void> {
  const list = async (nr: string) =>
    (await erp.find('contact', 'external_id', nr)).map(({ doc }) => doc['list']);
  expect(await list(a)).toEqual([expected]);
  expect(await list(b)).toEqual([expected.slice(0, 5)]);
}

describe('a process that dies', () => {
  it.each(['before', 'after'] as const)(
    '%s any statement loses nothing and repeats nothing',
    async (when) => {
      let completed = false;
      for (let at = 1; !completed; at += 1) {
        const rows = (await erp.monitoring()).length;
        const sent = await sendEvents();
        completed = await drain(faulty(erp.tenant, { at, when, dead: true }), 1).then(
          () => true,
          () => false,
        );
        if (!completed) await drain(erp.tenant, 2);
        await expectApplied(sent);
        expect((await erp.monitoring()).length - rows).toBe(5);
        expect(at).toBeLessThan(200);
      }
    },
  );

  it('in the middle of a large event continues where its last transaction ended', async () => {
    const nr = 'large';
    const values = Array.from({ length: 450 }, (_, n) => n);
    await accept([event('append', { items: values.map((value) => ({ nr, value })) })]);
    let attempt = 0;
    for (let at = 20; ; at += 20) {
      attempt += 1;
      const done = await drain(faulty(erp.tenant, { at, when: 'after', dead: true }), attempt).then(
        () => true,
        () => false,
      );
      if (done) break;
      const progress = await erp.tenant.first<{ progress: number }>(
        sql`select progress from inbound_queue where org_id = ${erp.tenant.org}`,
      );
      const [entity] = await erp.find('contact', 'external_id', nr);
      const list = entity?.doc['list'];
      if (progress) expect(Array.isArray(list) ? list.length : 0).toBe(progress.progress);
    }
    expect((await erp.find('contact', 'external_id', nr)).map(({ doc }) => doc['list'])).toEqual([values]);
  });
});

describe('a failing database', () => {
  it('has the event wait in its place, with growing pauses, and the others behind it', async () => {
    const sent = await sendEvents();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      // The update fails, and so does everything else that is tried before the pause is noted.
      const broken = failing(erp.tenant, 'insert into activity');
      const postponed = await drain(broken, 1).catch((error: unknown) => error);
      expect(postponed).toBeInstanceOf(JobPostponed);
      if (postponed instanceof JobPostponed) pauses.push(postponed.seconds);
      expect(await erp.find('contact', 'external_id', sent.b)).toEqual([]);
      expect(await drain(erp.tenant, 1).catch((error: unknown) => error)).toBeInstanceOf(JobPostponed);
      erp.server.clock.advance(120_000);
    }
    expect(pauses[0]).toBeLessThanOrEqual(2);
    expect(pauses[1]).toBeGreaterThanOrEqual(4);
    expect(pauses[2]).toBeGreaterThanOrEqual(14);
    await drain(erp.tenant, 1);
    await expectApplied(sent);
  });

  it('ends an event after five attempts as an error that can be replayed, and the queue moves on', async () => {
    const [result] = await accept([event('append', { items: [{ nr: 'dead', value: 1 }] })]);
    await accept([event('append', { items: [{ nr: 'alive', value: 1 }] })]);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await drain(failing(erp.tenant, 'insert into activity', 'dead'), 1).catch((error: unknown) => {
        expect(error).toBeInstanceOf(JobPostponed);
      });
      erp.server.clock.advance(120_000);
    }
    expect(await erp.monitoring({ event_id: result?.event_id })).toMatchObject([
      { status: 'error', error_code: 'UNKNOWN_ERROR', error_category: 'system' },
    ]);
    expect(await erp.find('contact', 'external_id', 'dead')).toEqual([]);
    expect(await erp.find('contact', 'external_id', 'alive')).toHaveLength(1);
    const replay = `/v1/integrations/${erp.integrationId}/events/replay`;
    expect((await erp.request('POST', replay, { event_ids: [result?.event_id] })).body['replayed']).toBe(1);
    await erp.settle();
    expect(await erp.find('contact', 'external_id', 'dead')).toHaveLength(1);
  });
});

/** A tenant that fails at every statement beginning like this, in transactions that have bound the given value before. */
function failing(tenant: Tenant, beginning: string, once?: string): Tenant {
  return {
    ...tenant,
    transaction: (work) =>
      tenant.transaction((tx) => {
        let armed = once === undefined;
        const check = (statement: { readonly text: string; readonly values: readonly unknown[] }) => {
          if (once !== undefined && JSON.stringify(statement.values).includes(once)) armed = true;
          if (armed && statement.text.trim().startsWith(beginning)) throw new Crash(beginning);
        };
        const inner: TenantTransaction = {
          org: tx.org,
          query: async (statement) => {
            check(statement);
            return tx.query(statement);
          },
          first: async (statement) => {
            check(statement);
            return tx.first(statement);
          },
          run: async (statement) => {
            check(statement);
            return tx.run(statement);
          },
          afterCommit: (callback) => tx.afterCommit(callback),
        };
        return work(inner);
      }),
  };
}
