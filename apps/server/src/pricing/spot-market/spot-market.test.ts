import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSettableClock } from '../../ports/index.ts';
import { testDatabase } from '../../testing/test-database.ts';
import { Signatures } from '../signature.ts';
import { openShop, type Shop } from '../testing/shop.ts';
import { demoSource } from './demo-source.ts';
import { keepSpotPrices } from './keep-prices.ts';
import { meanPrice } from './price-points.ts';
import { SpotPriceError, type SpotPriceSource } from './spot-price-source.ts';
import { SpotPrices } from './spot-prices.ts';

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
      name: 'watched',
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
      name: 'failing',
      load: async () => Promise.reject(new SpotPriceError('failing', 'answered 503')),
    };
    expect(await tick(failing, later)).toEqual([expect.any(SpotPriceError), expect.any(SpotPriceError)]);
    expect(await prices.storedDays('AT', '2026-04-23', '2026-04-23')).toEqual([]);
    expect(await tick(demoSource, later)).toEqual([]);
    expect(await prices.storedDays('AT', '2026-04-23', '2026-04-23')).toMatchObject([{ isComplete: true }]);
  });
});
