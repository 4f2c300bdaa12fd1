import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql, type Tenant } from '../../storage/index.ts';
import type { TestJson } from '../../testing/test-server.ts';
import { insertMonitoringRows, type MonitoringRow } from '../inbound/monitoring-row.ts';
import {
  listOf,
  type OutboundFixture,
  outboundFixture,
  outboundUseCase,
} from '../testing/outbound-fixture.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Midnight (UTC) of a day within the retention; the rows begin somewhere in its last hours. */
const MIDNIGHT = Math.floor(Date.now() / DAY) * DAY - 10 * DAY;
const START = MIDNIGHT + 22 * HOUR + 187_000;
const MINUTES = 3 * 24 * 60;
const THIRD_DAY = new Date(MIDNIGHT + 2 * DAY).toISOString().slice(0, 10);
const at = (milliseconds: number) => new Date(milliseconds).toISOString();
const STATUSES = ['success', 'success', 'success', 'error', 'warning', 'skipped'] as const;
const DELIVERY_STATUSES = ['succeeded', 'succeeded', 'failed', 'pending'] as const;

interface Delivery {
  readonly at: Date;
  readonly useCase: string;
  readonly event: string;
  readonly webhook: string;
  readonly status: (typeof DELIVERY_STATUSES)[number];
}

let fixture: OutboundFixture;
let tenant: Tenant;
let integration: string;
let rows: MonitoringRow[];
let deliveries: Delivery[];

beforeAll(async () => {
  fixture = await outboundFixture();
  await fixture.receiver.close();
  tenant = fixture.server.busbar.storage.database.tenant(fixture.org);
  const mapping = { webhook: 'w', expression: '$' };
  const made = await fixture.integration([
    outboundUseCase('a', 'OrderSubmission', mapping),
    outboundUseCase('b', 'TariffChange', mapping),
  ]);
  integration = made.id;
  const pick = pseudoRandom(7);
  const inbound = [randomUUID(), randomUUID(), undefined];
  rows = Array.from({ length: 1_500 }, (_, at) => inboundRow(at, pick, inbound));
  deliveries = Array.from({ length: 800 }, () => ({
    at: instant(pick),
    useCase: made.useCases[pick(2)] ?? '',
    event: ['OrderSubmission', 'TariffChange'][pick(2)] ?? '',
    webhook: ['w', 'v'][pick(2)] ?? '',
    status: DELIVERY_STATUSES[pick(4)] ?? 'pending',
  }));
  // Half of it is folded, the rest waits to be.
  await write(rows.slice(0, 700), deliveries.slice(0, 500));
  await fold();
  await write(rows.slice(700), deliveries.slice(500));
});

function inboundRow(
  at: number,
  pick: (below: number) => number,
  useCases: (string | undefined)[],
): MonitoringRow {
  const completedAt = instant(pick);
  const status = STATUSES[pick(6)] ?? 'success';
  const failed = status === 'error' || status === 'warning';
  return {
    integrationId: integration,
    completedAt,
    eventId: `evt_${at}`,
    correlationId: pick(10) === 0 ? undefined : `c${pick(50)}`,
    useCaseId: useCases[pick(3)],
    eventType: 'UPDATE',
    objectType: ['Kunde', 'Vertrag'][pick(2)] ?? '',
    syncType: pick(20) === 0 ? 'api_deprecation' : pick(3) === 0 ? 'meter_reading' : 'entity',
    status,
    problem: failed ? { code: 'X', message: 'x', category: pick(2) ? 'validation' : 'system' } : undefined,
    durationMs: 1,
    receivedAt: completedAt,
  };
}

function instant(pick: (below: number) => number): Date {
  return new Date(START + pick(MINUTES) * 60_000 + pick(60_000));
}

/** The same numbers on every run. */
function pseudoRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function write(events: readonly MonitoringRow[], sent: readonly Delivery[]): Promise<void> {
  await insertMonitoringRows(tenant, events);
  // Every delivery begins as a pending one, so that changes are counted, too.
  for (const { at, useCase, event, webhook, status } of sent) {
    const id = randomUUID();
    await tenant.run(sql`
      insert into webhook_delivery (org_id, created_at, id, webhook_id, event_name, status, url, http_method, metadata)
      values (${tenant.org}, ${at}, ${id}, ${webhook}, ${event}, 'pending', 'https://erp.example', 'POST',
              jsonb_build_object('use_case_id', ${useCase}::text))`);
    if (status !== 'pending')
      await tenant.run(
        sql`update webhook_delivery set status = ${status} where org_id = ${tenant.org} and id = ${id}`,
      );
  }
}

async function fold(): Promise<void> {
  const task = fixture.server.busbar.rooms.recurring.find(({ name }) => name === 'monitoring-counts');
  await task?.run(new AbortController().signal);
}

async function stats(body: object): Promise<TestJson> {
  const answer = await fixture.request('POST', `/v1/integrations/${integration}/monitoring/stats`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

const count = <T>(list: readonly T[], matches: (item: T) => boolean) => list.filter(matches).length;
const isEvent = ({ syncType }: MonitoringRow) => syncType !== 'api_deprecation';

/** What the statistics must say, counted one by one. */
function expected(from: number, to: number) {
  const events = rows.filter((row) => isEvent(row) && within(row.completedAt, from, to));
  const sent = deliveries.filter(({ at }) => within(at, from, to));
  const of = (status: string) => count(events, (row) => row.status === status);
  const ofSent = (status: string) => count(sent, (one) => one.status === status);
  const rate = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100);
  const latest = (dates: Date[]) =>
    dates.length === 0 ? null : new Date(Math.max(...dates.map(Number))).toISOString();
  return {
    inbound: {
      total_events: events.length,
      total_correlations: new Set(events.flatMap(({ correlationId }) => correlationId ?? [])).size,
      success_count: of('success'),
      error_count: of('error'),
      skipped_count: of('skipped'),
      warning_count: of('warning'),
      success_rate: rate(of('success'), of('success') + of('error') + of('warning')),
      last_error_at: latest(
        rows
          .filter((row) => row.status === 'error' && within(row.completedAt, from, to))
          .map((row) => row.completedAt),
      ),
    },
    outbound: {
      total_events: sent.length,
      success_count: ofSent('succeeded'),
      error_count: ofSent('failed'),
      pending_count: ofSent('pending'),
      success_rate: rate(ofSent('succeeded'), ofSent('succeeded') + ofSent('failed')),
      last_error_at: latest(sent.filter((one) => one.status === 'failed').map(({ at }) => at)),
    },
  };
}

function within(at: Date, from: number, to: number): boolean {
  return at.getTime() >= from && at.getTime() <= to;
}

describe('the statistics', () => {
  it('count everything without bounds', async () => {
    expect(await stats({})).toEqual(expected(0, Number.MAX_SAFE_INTEGER));
  });

  it.each([
    [0, MINUTES * 60_000],
    [1_234_567, 98_765_432],
    [60_000, 61_000],
    [86_400_000, 86_400_000 + 7_199_999],
  ])('count exactly what lies between two instants (%i to %i ms after the start)', async (from, to) => {
    const range = [START + from, START + to] as const;
    const [from_date, to_date] = range.map((at) => new Date(at).toISOString());
    expect(await stats({ from_date, to_date })).toEqual(expected(...range));
  });

  it('stay the same when the counts are folded', async () => {
    const before = await stats({
      inbound_group_by: ['date', 'status'],
      outbound_group_by: ['date', 'status'],
    });
    await fold();
    expect(
      await stats({ inbound_group_by: ['date', 'status'], outbound_group_by: ['date', 'status'] }),
    ).toEqual(before);
  });

  it('break inbound events down by every field, most frequent first', async () => {
    const groups = {
      use_case_id: 'useCaseId',
      status: 'status',
      object_type: 'objectType',
      event_name: 'objectType',
    } as const;
    for (const [name, member] of Object.entries(groups) as [keyof typeof groups, 'status'][]) {
      const { inbound } = await stats({ inbound_group_by: [name] });
      const tally = Map.groupBy(rows.filter(isEvent), (row) => row[member] ?? null);
      const listed = listOf(inbound?.['breakdown']);
      expect(Object.fromEntries(listed.map((one) => [String(one[name]), Number(one['count'])]))).toEqual(
        Object.fromEntries([...tally].map(([value, list]) => [String(value), list.length])),
      );
      const counts = listed.map((one) => Number(one['count']));
      expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    }
  });

  it('combine fields, show days in UTC, and calls of deprecated endpoints only by kind', async () => {
    const { inbound, outbound } = await stats({
      inbound_group_by: ['sync_type', 'error_category'],
      outbound_group_by: ['event_name', 'webhook_config_id', 'date'],
    });
    expect(listOf(inbound?.['breakdown'])).toContainEqual({
      sync_type: 'api_deprecation',
      error_category: null,
      count: count(rows, (row) => !isEvent(row) && row.problem === undefined),
      success_count: expect.any(Number),
      error_count: 0,
      skipped_count: expect.any(Number),
      warning_count: 0,
    });
    const of = (day: string, matches: (one: Delivery) => boolean = () => true) =>
      count(
        deliveries,
        (one) =>
          one.event === 'TariffChange' &&
          one.webhook === 'v' &&
          one.at.toISOString().startsWith(day) &&
          matches(one),
      );
    expect(listOf(outbound?.['breakdown'])).toContainEqual({
      event_name: 'TariffChange',
      webhook_config_id: 'v',
      date: THIRD_DAY,
      count: of(THIRD_DAY),
      success_count: of(THIRD_DAY, ({ status }) => status === 'succeeded'),
      error_count: of(THIRD_DAY, ({ status }) => status === 'failed'),
      pending_count: of(THIRD_DAY, ({ status }) => status === 'pending'),
    });
  });

  it('refuse a period that ends before it begins, and unknown fields', async () => {
    const path = `/v1/integrations/${integration}/monitoring/stats`;
    const backwards = { from_date: '2026-02-01T00:00:00Z', to_date: '2026-01-01T00:00:00Z' };
    expect((await fixture.request('POST', path, backwards)).status).toBe(400);
    expect((await fixture.request('POST', path, { inbound_group_by: ['payload'] })).status).toBe(400);
  });
});

describe('the time series', () => {
  const series = (body: object) =>
    fixture.request('POST', `/v1/integrations/${integration}/monitoring/timeseries`, body);

  it.each([
    ['10m', 3],
    ['1h', 30],
    ['3h', 60],
    ['1d', 80],
  ] as const)('counts every event once, in buckets of %s', async (interval, hours) => {
    const [from, to] = [START + 1_800_001, START + hours * 3_600_000];
    const answer = await series({
      from_date: new Date(from).toISOString(),
      to_date: new Date(to).toISOString(),
      interval,
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const buckets = listOf(answer.body['buckets']);
    const sum = (side: string, member: string) =>
      buckets.reduce((total, bucket) => total + Number(bucket[side]?.[member]), 0);
    const { inbound, outbound } = expected(from, to);
    expect([sum('inbound', 'total_count'), sum('inbound', 'error_count')]).toEqual([
      inbound.total_events,
      inbound.error_count,
    ]);
    expect([sum('outbound', 'total_count'), sum('outbound', 'pending_count')]).toEqual([
      outbound.total_events,
      outbound.pending_count,
    ]);
    const [first, second] = buckets.map((bucket) => Date.parse(String(bucket['timestamp'])));
    const inSecond = expected(second ?? 0, Math.min(to, 2 * (second ?? 0) - (first ?? 0) - 1));
    expect(buckets[1]?.['inbound']?.['total_count']).toBe(inSecond.inbound.total_events);
  });

  it('shows one side when asked for it', async () => {
    const body = { from_date: at(MIDNIGHT + DAY), to_date: at(MIDNIGHT + DAY + HOUR), interval: '1h' };
    const { body: answer } = await series({ ...body, direction: 'outbound' });
    expect(listOf(answer['buckets'])).toMatchObject([
      { timestamp: at(MIDNIGHT + DAY), inbound: null, outbound: { total_count: expect.any(Number) } },
      { timestamp: at(MIDNIGHT + DAY + HOUR), inbound: null },
    ]);
  });

  it('has 200 buckets at the most', async () => {
    const body = { from_date: at(MIDNIGHT), interval: '1h' };
    expect((await series({ ...body, to_date: at(MIDNIGHT + 200 * HOUR - 1) })).status).toBe(200);
    expect(await series({ ...body, to_date: at(MIDNIGHT + 200 * HOUR) })).toMatchObject({
      status: 400,
      body: { code: 'TOO_MANY_BUCKETS' },
    });
  });
});

describe('the deliveries', () => {
  const query = async (body: object): Promise<TestJson> => {
    const path = `/v1/integrations/${integration}/monitoring/outbound-events`;
    const answer = await fixture.request('POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };

  it('are paged through completely, newest first, while others are added', async () => {
    const seen: string[] = [];
    const times: string[] = [];
    for (let cursor: unknown, page = 0; page < 50; page += 1) {
      const answer = await query({ limit: 100, ...(cursor ? { cursor } : {}) });
      seen.push(...listOf(answer['data']).map((row) => String(row['event_id'])));
      times.push(...listOf(answer['data']).map((row) => String(row['created_at'])));
      cursor = answer['next_cursor'];
      expect(answer['has_more']).toBe(cursor !== null);
      if (cursor === null) break;
      const added = deliveries[0];
      if (added && page < 3) {
        const late = { ...added, at: new Date(START + 90 * 86_400_000 + page) };
        await write([], [late]);
        deliveries.push(late);
      }
    }
    expect([seen.length, new Set(seen).size]).toEqual([800, 800]);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('are filtered by event, status, webhook and time', async () => {
    const filter = {
      event_name: 'OrderSubmission',
      status: 'failed',
      webhook_config_id: 'v',
      from_date: new Date(START + 86_400_000).toISOString(),
    };
    const { data } = await query({ ...filter, limit: 100 });
    expect(listOf(data)).toHaveLength(
      count(
        deliveries,
        ({ at, event, webhook, status }) =>
          event === 'OrderSubmission' &&
          webhook === 'v' &&
          status === 'failed' &&
          at.getTime() >= START + 86_400_000,
      ),
    );
    expect(await query({ event_name: 'MeterReadingAdded' })).toEqual({
      data: [],
      next_cursor: null,
      has_more: false,
    });
  });

  it('need both members of a cursor', async () => {
    const path = `/v1/integrations/${integration}/monitoring/outbound-events`;
    expect((await fixture.request('POST', path, { cursor: { event_id: 'x' } })).status).toBe(400);
  });
});
