import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSettableClock } from '../../ports/index.ts';
import { testDatabase } from '../../testing/test-database.ts';
import { Signatures } from '../signature.ts';
import { openShop, type Shop } from '../testing/shop.ts';
import { demoSource } from './demo-source.ts';
import { keepSpotPrices } from './keep-prices.ts';
import { meanPrice, type PricePoint } from './price-points.ts';
import { asPriceDays, SpotPriceError, type SpotPriceSource } from './spot-price-source.ts';
import { SpotPrices } from './spot-prices.ts';
import { daysAfter, startOfZoneDay } from './zone-time.ts';

const NOW = new Date('2026-04-20T10:00:00.000Z');
const never = new AbortController().signal;

let shop: Shop;
let prices: SpotPrices;
beforeAll(async () => {
  shop = await openShop();
  prices = new SpotPrices((await testDatabase()).system);
  await tick(demoSource);
});

/** One tick of the task; answers what it reported. */
async function tick(source: SpotPriceSource, now = NOW): Promise<unknown[]> {
  const reported: unknown[] = [];
  const report = (error: unknown) => void reported.push(error);
  await keepSpotPrices({ source, prices, clock: createSettableClock(now), report }).run(never);
  return reported;
}

function ask(path: string, query: Record<string, string>) {
  const all = new URLSearchParams({ market: 'day_ahead', bidding_zone: 'DE-LU', ...query });
  return shop.server.request('GET', `/v1/public/${path}?${all}`, { token: shop.publishable });
}

async function timesOf(query: Record<string, string>): Promise<string[]> {
  const answer = await ask('historicMarketPrices', query);
  expect(answer.status).toBe(200);
  return [...(answer.body['prices'] as unknown as { timestamp: string }[])].map(({ timestamp }) => timestamp);
}

describe('$historicMarketPrices', () => {
  it.each([
    ['2026-03-29', 23],
    ['2026-03-30', 24],
    ['2025-10-26', 25],
  ])('%s has %i hours, none twice', async (day, hours) => {
    for (const bidding_zone of ['AT', 'DE-LU']) {
      const byHour = await timesOf({ bidding_zone, frequency: 'PT1H', from: day, to: day });
      const byQuarter = await timesOf({ bidding_zone, frequency: 'PT15M', from: day, to: day });
      expect(new Set(byHour).size).toBe(hours);
      expect(new Set(byQuarter).size).toBe(hours * 4);
      expect(byQuarter).toEqual(byQuarter.toSorted());
      expect(byQuarter[0]).toBe(byHour[0]);
    }
  });

  it('starts days and months at midnight of the zone', async () => {
    const range = { from: '2025-06-30', to: '2025-08-01' };
    const days = await timesOf({ ...range, frequency: 'P1D' });
    expect(days).toHaveLength(33);
    expect(days.slice(0, 2)).toEqual(['2025-06-29T22:00:00.000Z', '2025-06-30T22:00:00.000Z']);
    expect(await timesOf({ ...range, frequency: 'P1M' })).toEqual([
      '2025-05-31T22:00:00.000Z',
      '2025-06-30T22:00:00.000Z',
      '2025-07-31T22:00:00.000Z',
    ]);
  });

  it('answers an hour as the mean of its quarters, and repeats hours that have none', async () => {
    const series = async (day: string, frequency: string) => {
      const answer = await ask('historicMarketPrices', { frequency, from: day, to: day });
      return [
        ...(answer.body['prices'] as unknown as { unit_amount: number; unit_amount_decimal: string }[]),
      ];
    };
    const quarters = (await series('2026-01-15', 'PT15M')).slice(0, 4);
    const [hour] = await series('2026-01-15', 'PT1H');
    const mean = quarters.reduce((sum, { unit_amount_decimal: text }) => sum + Number(text), 0) / 4;
    expect(Number(hour?.unit_amount_decimal)).toBeCloseTo(mean, 12);
    expect(hour?.unit_amount).toBeCloseTo(mean * 100, 10);

    const repeated = (await series('2025-09-30', 'PT15M')).slice(0, 4);
    const [whole] = await series('2025-09-30', 'PT1H');
    expect(repeated.map(({ unit_amount: cents }) => cents)).toEqual(Array(4).fill(whole?.unit_amount));
  });

  it.each([
    ['without offset', '2026-01-01T00:00:00', '2026-01-02'],
    ['no day of the calendar', '2026-02-30', '2026-03-02'],
    ['the end before the start', '2026-01-02', '2026-01-01'],
    ['more than 92 days of quarters', '2025-10-01', '2026-01-02'],
    ['the middle ages', '0999-01-01', '0999-01-02'],
  ])('refuses %s', async (_, from, to) => {
    const answer = await ask('historicMarketPrices', { frequency: 'PT15M', from, to });
    expect(answer.status).toBe(400);
  });

  it('answers 404 when nothing is known, and 401 without a token', async () => {
    const query = { frequency: 'PT1H', from: '2010-01-01', to: '2010-01-01' };
    expect((await ask('historicMarketPrices', query)).status).toBe(404);
    const stranger = await shop.server.request(
      'GET',
      `/v1/public/historicMarketPrices?${new URLSearchParams({ market: 'day_ahead', bidding_zone: 'AT', ...query })}`,
    );
    expect(stranger.status).toBe(401);
  });
});

describe('$averageMarketPrice', () => {
  it('weighs by time, shows an inclusive end and signs the answer', async () => {
    const answer = await ask('averageMarketPrice', { from: '2025-09-01', to: '2025-10-31' });
    expect(answer.status).toBe(200);
    const { _meta: meta, ...payload } = answer.body as unknown as {
      _meta: unknown;
      price: { timestamp: string };
    };
    expect(payload.price.timestamp).toBe('2025-08-31T22:00:00Z/2025-10-31T22:59:59Z');
    const signatures = new Signatures(shop.server.busbar.ports);
    expect(signatures.isGenuine(shop.org, 'average-market-price', payload, meta)).toBe(true);
    expect(signatures.isGenuine('other', 'average-market-price', payload, meta)).toBe(false);
  });
});

describe('meanPrice', () => {
  const point = (start: number, end: number, price: number) => ({ start, end, price });

  it('converts EUR/MWh to cents and euros per kWh', () => {
    expect(meanPrice([point(0, 10, 123_000_000)], { from: 0, to: 10 })).toEqual({
      ...{ unit_amount: 12.3, unit_amount_decimal: '0.123', unit_amount_currency: 'EUR' },
    });
    expect(meanPrice([point(0, 10, -500_000)], { from: 0, to: 10 })?.unit_amount_decimal).toBe('-0.0005');
  });

  it('counts only the time within the period, and rounds half-even', () => {
    const points = [point(0, 10, 3), point(10, 20, 9)];
    expect(meanPrice(points, { from: 5, to: 20 })?.unit_amount_decimal).toBe('0.000000007');
    const sixteenths = (price: number) =>
      meanPrice([point(0, 1, price), point(1, 16, 0)], { from: 0, to: 16 })?.unit_amount_decimal;
    // 62.5 and 187.5 of the last digit.
    expect([sixteenths(1), sixteenths(3), sixteenths(-1)]).toEqual([
      '0.000000000062',
      '0.000000000188',
      '-0.000000000062',
    ]);
    expect(meanPrice(points, { from: 20, to: 30 })).toBeUndefined();
  });

  it('lies between the smallest and the largest price', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4e9, max: 4e9 }), { minLength: 1 }), (list) => {
        const points = list.map((price, index) => point(index, index + 1, price));
        const mean = Number(meanPrice(points, { from: 0, to: list.length })?.unit_amount_decimal) * 1e9;
        expect(mean).toBeGreaterThanOrEqual(Math.min(...list) - 1);
        expect(mean).toBeLessThanOrEqual(Math.max(...list) + 1);
      }),
    );
  });
});

describe('keepSpotPrices', () => {
  it('asks for nothing that it has', async () => {
    const asked: string[] = [];
    const source: SpotPriceSource = {
      name: demoSource.name,
      load: async (_, first, last) => {
        asked.push(`${first} ${last}`);
        return [];
      },
    };
    await tick(source);
    expect(asked).toEqual([]);
    await tick(source, new Date('2026-04-21T10:00:00.000Z'));
    expect(asked).toEqual(['2026-04-22 2026-04-22', '2026-04-22 2026-04-22']);
  });

  it('reports a failure and loads the day with a later tick', async () => {
    const later = new Date('2026-04-22T10:00:00.000Z');
    const failing: SpotPriceSource = {
      name: demoSource.name,
      load: async () => Promise.reject(new SpotPriceError('demo', 'answered 503')),
    };
    expect(await tick(failing, later)).toEqual([expect.any(SpotPriceError), expect.any(SpotPriceError)]);
    expect(await prices.storedDays('AT', '2026-04-23', '2026-04-23')).toEqual([]);
    expect(await tick(demoSource, later)).toEqual([]);
    expect(await prices.storedDays('AT', '2026-04-23', '2026-04-23')).toMatchObject([{ missingMinutes: 0 }]);
  });

  /** A source with the same price all day, by slots of some minutes; the first slots of every day are missing. */
  const flat = (name: string, minutes: 15 | 60, price: number, missing = 0): SpotPriceSource => ({
    name,
    async load(zone, first, last) {
      const points: PricePoint[] = [];
      for (let day = first; day <= last; day = daysAfter(day, 1)) {
        const [from, end] = [startOfZoneDay(day, zone), startOfZoneDay(daysAfter(day, 1), zone)];
        const length = minutes * 60_000;
        for (let start = from + missing * length; start < end; start += length)
          points.push({ start, end: start + length, price });
      }
      return points;
    },
  });
  const storedAt = async (day: string) => (await prices.storedDays('AT', day, day))[0];

  it('forgets invented prices, heals holes and lets a finer source improve a coarser one, never the other way round', async () => {
    const day = '2026-05-05';
    const hours = (count: number) => new Date(Date.parse('2026-05-04T12:00:00.000Z') + count * 3_600_000);
    await tick(demoSource, hours(0));
    expect(await tick(flat('coarse', 60, 1, 1), hours(0))).toEqual([]);
    expect(await storedAt(day)).toMatchObject({ source: 'coarse', minutes: 60, missingMinutes: 60 });

    // Within the hour nobody asks again; afterwards the hole is filled.
    await tick(flat('coarse', 60, 2), hours(0.5));
    expect(await storedAt(day)).toMatchObject({ missingMinutes: 60 });
    await tick(flat('coarse', 60, 2), hours(1));
    expect(await storedAt(day)).toMatchObject({ source: 'coarse', missingMinutes: 0 });

    // Fewer prices do not replace more of them, but are asked for again.
    await tick(flat('fine', 15, 3, 90), hours(25));
    expect(await storedAt(day)).toMatchObject({ source: 'coarse', importedAt: hours(25) });
    await tick(flat('fine', 15, 3), hours(50));
    expect(await storedAt(day)).toMatchObject({ source: 'fine', minutes: 15 });
    await tick(flat('coarse', 60, 4), hours(100));
    expect(await storedAt(day)).toMatchObject({ source: 'fine', minutes: 15 });
  });

  it('leaves a source alone after two failures, until the next tick', async () => {
    const failing: SpotPriceSource = {
      name: 'down',
      load: async () => Promise.reject(new SpotPriceError('down', 'answered 503')),
    };
    // A year later everything is missing: thirteen spans in each of two zones.
    expect(await tick(failing, new Date('2027-12-20T10:00:00.000Z'))).toHaveLength(4);
  });
});

describe('asPriceDays', () => {
  const at = (hour: number) => Date.parse('2026-01-14T23:00:00.000Z') + hour * 3_600_000;
  const points = [
    { start: at(0), end: at(0.25), price: 1 },
    { start: at(0.5), end: at(0.75), price: 3 },
    { start: at(0), end: at(1), price: 9 },
  ];

  it('prefers the quarters that were traded to an hour around them, in any order', () => {
    for (const list of [points, points.toReversed()]) {
      const [day] = asPriceDays(list, 'AT', '2026-01-15', '2026-01-15');
      expect([day?.minutes, day?.prices.slice(0, 5)]).toEqual([15, [1, 9, 3, 9, null]]);
    }
  });

  it('prefers hours where hours were traded', () => {
    const days = 365 * 24;
    const earlier = points.map(({ start, end, price }) => ({
      start: start - days * 3_600_000,
      end: end - days * 3_600_000,
      price,
    }));
    const [day] = asPriceDays(earlier, 'AT', '2025-01-15', '2025-01-15');
    expect(day?.prices.slice(0, 4)).toEqual([9, 9, 9, 9]);
  });
});
