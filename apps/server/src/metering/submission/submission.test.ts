import { beforeAll, describe, expect, it } from 'vitest';
import { bringCoreSchemas, EntityGraph, type WriteOptions } from '../../entities/index.ts';
import { createSettableClock } from '../../ports/index.ts';
import type { Tenant } from '../../storage/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { resolveCounter } from '../counters/resolve-counter.ts';
import { Metering } from '../metering.ts';
import type { ReadingValues, Source } from '../reading.ts';
import { listReadings } from '../store/list-readings.ts';
import { allowedRanges } from './allowed-range.ts';
import { checkReading } from './check-reading.ts';
import { prepareReading, type SubmittedReading } from './prepare-reading.ts';

const PORTAL: WriteOptions = { source: { kind: 'portal', actor: { type: 'portal_user', id: 'user-1' } } };
const NOW = new Date('2026-03-01T10:00:00.000Z');
const clock = createSettableClock(NOW);
const graph = new EntityGraph({ clock });
const metering = new Metering({ graph, clock });
let tenant: Tenant;

beforeAll(async () => {
  tenant = (await testDatabase()).tenant(testOrganisation());
  await tenant.transaction((tx) => bringCoreSchemas(tx, clock.now()));
});

const create = async (schema: string, attributes: Record<string, unknown>) =>
  (await tenant.transaction((tx) => graph.create(tx, { schema, attributes }, PORTAL))).entity.id;
const link = (ids: readonly string[]) => ({ $relation: ids.map((entity_id) => ({ entity_id })) });

/** A meter with a counter per given attributes. */
async function meterWith(
  counters: readonly Record<string, unknown>[],
  attributes: Record<string, unknown> = {},
) {
  const ids: string[] = [];
  for (const counter of counters) ids.push(await create('meter_counter', counter));
  return { meter: await create('meter', { ...attributes, counters: link(ids) }), counters: ids };
}

const wish = (meterId: string, value: number, more: Partial<SubmittedReading> = {}): SubmittedReading => ({
  ...{ meterId, value, source: 'ECP' as Source },
  ...more,
});
const prepare = (submitted: SubmittedReading) => prepareReading(tenant, submitted, clock.now());

async function submit(submitted: SubmittedReading): Promise<ReadingValues> {
  const prepared = await prepare(submitted);
  return tenant.transaction((tx) => metering.createReading(tx, prepared, PORTAL));
}

async function readings(meterId: string, counterId: string | undefined) {
  const page = await listReadings(tenant, {
    ...{ place: { meterId, counterId }, from: new Date('1900-01-01'), until: new Date('2200-01-01') },
    ...{ type: 'cumulative', sort: 'asc', offset: 0, size: undefined },
  });
  return page.readings;
}

const refusal = (reason: string) => ({ status: 400, details: { reason } });

describe('where a submitted reading belongs', () => {
  it('is the only counter of the meter, or the only one of the direction', async () => {
    const one = await meterWith([{ direction: 'feed-in' }]);
    expect(await prepare(wish(one.meter, 1))).toMatchObject({
      counter: { id: one.counters[0] },
      direction: 'feed-in',
    });
    const two = await meterWith([{ direction: 'feed-in' }, { direction: 'feed-out' }]);
    const prepared = await prepare(wish(two.meter, 1, { direction: 'feed-out' }));
    expect(prepared).toMatchObject({ counter: { id: two.counters[1] }, timestamp: NOW });
    await expect(prepare(wish(two.meter, 1))).rejects.toMatchObject(refusal('no_counter'));
    const none = await meterWith([]);
    expect((await prepare(wish(none.meter, 1, { direction: 'feed-out' }))).counter).toBeUndefined();
  });

  it('is refused where it cannot belong', async () => {
    const here = await meterWith([{ direction: 'feed-out' }]);
    const there = await meterWith([{}]);
    const cases: [SubmittedReading, string][] = [
      [wish(here.meter, 1, { counterId: there.counters[0] }), 'no_counter'],
      [wish(here.meter, 1, { counterId: here.counters[0], direction: 'feed-in' }), 'no_counter'],
      [wish(there.meter, 1), 'no_direction'],
      [wish(here.meter, 1, { timestamp: '2026-03-01T10:06:00Z' }), 'timestamp_future'],
    ];
    for (const [submitted, reason] of cases)
      await expect(prepare(submitted)).rejects.toMatchObject(refusal(reason));
    const old = await meterWith([{ direction: 'feed-out' }], { status: 'decommissioned' });
    await expect(prepare(wish(old.meter, 1))).rejects.toMatchObject(refusal('meter_decommissioned'));
    await expect(prepare(wish(here.counters[0] ?? '', 1))).rejects.toMatchObject({ status: 404 });
    await expect(prepare(wish(here.meter, 1, { timestamp: 'today' }))).rejects.toMatchObject({ status: 400 });
  });

  it('is at midnight in Germany when only a day is given', async () => {
    const { meter } = await meterWith([{ direction: 'feed-out' }]);
    const at = async (timestamp: string) =>
      (await prepare(wish(meter, 1, { timestamp }))).timestamp.toISOString();
    expect(await at('2026-01-15')).toBe('2026-01-14T23:00:00.000Z');
    expect(await at('2025-07-15')).toBe('2025-07-14T22:00:00.000Z');
    expect(await at('2026-03-01T11:04:00+01:00')).toBe('2026-03-01T10:04:00.000Z');
  });
});

describe('a submitted reading', () => {
  it('must lie between its neighbours and within the digits of the counter', async () => {
    const { meter } = await meterWith([{ direction: 'feed-out', digits: 4 }]);
    await submit(wish(meter, 100, { timestamp: '2026-01-01' }));
    await submit(wish(meter, 300, { timestamp: '2026-02-01' }));
    const check = async (value: number, more: Partial<SubmittedReading> = {}) =>
      checkReading(tenant, await prepare(wish(meter, value, { timestamp: '2026-01-15', ...more })));
    expect(await check(99.9)).toBe('less_than_previous');
    expect(await check(100)).toBeUndefined();
    expect(await check(300)).toBeUndefined();
    expect(await check(300.1)).toBe('greater_than_subsequent');
    expect(await check(5, { reason: 'meter_change' })).toBeUndefined();
    expect(await check(9_999.9, { timestamp: '2026-02-15' })).toBeUndefined();
    expect(await check(10_000, { timestamp: '2026-02-15' })).toBe('greater_than_subsequent');
    expect(await check(-1, { timestamp: '2025-12-01' })).toBe('less_than_previous');
    const low = wish(meter, 99, { timestamp: '2026-01-15' });
    await expect(submit(low)).rejects.toMatchObject(refusal('less_than_previous'));
  });

  it('replaces one from the portal at the same time, and no other', async () => {
    const { meter, counters } = await meterWith([{ direction: 'feed-out' }]);
    await submit(wish(meter, 100, { timestamp: '2026-01-01' }));
    await submit(wish(meter, 90, { timestamp: '2026-01-01', details: { remark: 'misread' } }));
    expect(await readings(meter, counters[0])).toMatchObject([{ value: 90, details: { remark: 'misread' } }]);
    await submit(wish(meter, 200, { timestamp: '2026-02-01', source: '360' }));
    const again = wish(meter, 201, { timestamp: '2026-02-01' });
    await expect(submit(again)).rejects.toMatchObject(refusal('less_than_previous'));
  });

  it('does not count as a neighbour when it is implausible', async () => {
    const { meter } = await meterWith([{ direction: 'feed-out' }]);
    const prepared = await prepare(wish(meter, 9_000, { timestamp: '2026-01-01' }));
    const options = { ...PORTAL, status: 'implausible' as const };
    await tenant.transaction((tx) => metering.createReading(tx, prepared, options));
    expect(await submit(wish(meter, 120, { timestamp: '2026-01-02' }))).toMatchObject({ status: 'valid' });
  });

  it('is stored once, however many arrive at the same moment', async () => {
    const { meter, counters } = await meterWith([{ direction: 'feed-out' }]);
    const values = [10, 20, 30, 40, 50, 60];
    await Promise.all(values.map((value) => submit(wish(meter, value, { timestamp: '2026-01-01' }))));
    const stored = await readings(meter, counters[0]);
    expect(stored).toHaveLength(1);
    expect(values).toContain(stored[0]?.value);
  });

  it('is kept from the other organisations', async () => {
    const { meter, counters } = await meterWith([{ direction: 'feed-out' }]);
    await submit(wish(meter, 1));
    const stranger = (await testDatabase()).tenant(testOrganisation());
    const place = { meterId: meter, counterId: counters[0] };
    const [from, until] = [new Date('1900-01-01'), new Date('2200-01-01')];
    const page = await listReadings(stranger, {
      ...{ place, from, until, offset: 0, size: undefined },
      ...{ type: 'cumulative', sort: 'asc' },
    });
    expect(page).toEqual({ readings: [], hits: 0, firstTaken: undefined });
  });
});

describe('the allowed range', () => {
  it('has the neighbours of each counter as its bounds', async () => {
    const { meter, counters } = await meterWith([
      { direction: 'feed-out', digits: 5 },
      { direction: 'feed-in' },
    ]);
    await submit(wish(meter, 100, { direction: 'feed-out', timestamp: '2026-01-01' }));
    await submit(wish(meter, 300, { direction: 'feed-out', timestamp: '2026-02-01' }));
    const at = async (day: string) => {
      const ranges = await allowedRanges(tenant, meter, new Date(day));
      return new Map(ranges.map(({ counter, min, max }) => [counter.id, [min, max]]));
    };
    const between = await at('2026-01-15');
    expect(counters.map((id) => between.get(id))).toEqual([
      [100, 300],
      [null, null],
    ]);
    expect((await at('2026-02-15')).get(counters[0] ?? '')).toEqual([300, 99_999]);
  });
});

describe('resolving a counter', () => {
  it('looks among the counters of the meter first, then among all', async () => {
    const [here, there] = [
      await meterWith([{ external_id: 'Z1' }]),
      await meterWith([{ external_id: 'Z1' }]),
    ];
    const lonely = await create('meter_counter', { external_id: 'Z2' });
    const ask = (value: string) =>
      resolveCounter(tenant, { meterId: here.meter, keys: [{ attribute: 'external_id', value }] });
    expect(await ask('Z1')).toMatchObject({ kind: 'counter', counter: { id: here.counters[0] } });
    expect(await ask('Z2')).toMatchObject({ kind: 'counter', counter: { id: lonely } });
    expect(await ask('Z3')).toEqual({ kind: 'unknown' });
    await create('meter_counter', { external_id: 'Z2' });
    expect(await ask('Z2')).toEqual({ kind: 'ambiguous' });
    expect(there.counters).toHaveLength(1);
  });

  it('decides by number and direction when none is named', async () => {
    const two = await meterWith([{ direction: 'feed-in' }, { direction: 'feed-out' }, {}]);
    const ask = (direction?: 'feed-in' | 'feed-out') =>
      resolveCounter(tenant, { meterId: two.meter, direction });
    expect(await ask('feed-in')).toMatchObject({ counter: { id: two.counters[0] } });
    expect(await ask()).toEqual({ kind: 'ambiguous' });
    expect(await resolveCounter(tenant, { meterId: (await meterWith([])).meter })).toEqual({ kind: 'none' });
  });
});
