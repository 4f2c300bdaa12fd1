import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSettableClock } from '../../ports/index.ts';
import { readSettings } from '../../settings.ts';
import { testDatabase } from '../../testing/test-database.ts';
import { testServer } from '../../testing/test-server.ts';
import { spotPriceSource } from './choose-source.ts';
import { entsoe } from './entsoe-source.ts';
import { keepSpotPrices } from './keep-prices.ts';
import { asPriceDays, type SpotPriceSource } from './spot-price-source.ts';
import { SpotPrices } from './spot-prices.ts';

const TOKEN = '5b2f8d3e-0000-4000-8000-1f2e3d4c5b6a';
const AT = '10YAT-APG------L';
const DE_LU = '10Y1001A1001A82H';
const HOUR = 3_600_000;

interface Series {
  readonly start: string;
  readonly end: string;
  readonly resolution?: string;
  readonly curve?: string;
  /** From position to price. */
  readonly points: Readonly<Record<number, string>>;
  readonly area?: string;
  readonly position?: string;
  readonly agreement?: string;
  readonly currency?: string;
}

/** A document as the platform sends it; member names and order follow the published schema. */
function publication(series: readonly Series[], version = '7:3'): string {
  const list = series.map(
    ({ start, end, area = AT, position, ...one }, index) => `
    <TimeSeries>
      <mRID>${index + 1}</mRID>
      <auction.type>A01</auction.type>
      <businessType>A62</businessType>
      <in_Domain.mRID codingScheme="A01">${area}</in_Domain.mRID>
      <out_Domain.mRID codingScheme="A01">${area}</out_Domain.mRID>
      <contract_MarketAgreement.type>${one.agreement ?? 'A01'}</contract_MarketAgreement.type>
      <currency_Unit.name>${one.currency ?? 'EUR'}</currency_Unit.name>
      <price_Measure_Unit.name>MWH</price_Measure_Unit.name>
      ${position ? `<classificationSequence_AttributeInstanceComponent.position>${position}</classificationSequence_AttributeInstanceComponent.position>` : ''}
      <curveType>${one.curve ?? 'A03'}</curveType>
      <Period>
        <timeInterval><start>${start}</start><end>${end}</end></timeInterval>
        <resolution>${one.resolution ?? 'PT60M'}</resolution>
        ${Object.entries(one.points)
          .map(
            ([at, price]) => `<Point><position>${at}</position><price.amount>${price}</price.amount></Point>`,
          )
          .join('\n')}
      </Period>
    </TimeSeries>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
  <Publication_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-3:publicationdocument:${version}">
    <mRID>1</mRID><type>A44</type>${list.join('')}
  </Publication_MarketDocument>`;
}

function acknowledgement(code: string, text: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
  <Acknowledgement_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-1:acknowledgementdocument:7:0">
    <mRID>2</mRID><Reason><code>${code}</code><text>${text}</text></Reason>
  </Acknowledgement_MarketDocument>`;
}

const winterDay = { start: '2026-01-14T23:00Z', end: '2026-01-15T23:00Z' };
let reply: (query: URLSearchParams) => { status?: number; body: string };
let asked: URLSearchParams[] = [];
const platform = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://platform');
  asked.push(searchParams);
  const { status = 200, body } = pathname === '/api' ? reply(searchParams) : { status: 404, body: '' };
  response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
});
let source: SpotPriceSource;

beforeAll(async () => {
  await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', resolve));
  const address = platform.address();
  const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  source = entsoe((await testServer()).busbar.ports.egress, TOKEN, base);
});
afterAll(() => void platform.close());
beforeEach(() => {
  asked = [];
});

/** What the platform's answer makes of a day, in EUR/MWh. */
async function pricesOf(body: string, day = '2026-01-15', zone: 'AT' | 'DE-LU' = 'AT') {
  reply = () => ({ body });
  const [stored] = asPriceDays(await source.load(zone, day, day), zone, day, day);
  return { minutes: stored?.minutes, prices: stored?.prices.map((price) => price && price / 1e6) ?? [] };
}

describe('the ENTSO-E source', () => {
  it.each(['7:0', '7:3'])('reads a day of hours, document version %s', async (version) => {
    const points = Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [hour + 1, `${hour}.25`]));
    const { minutes, prices } = await pricesOf(
      publication([{ ...winterDay, curve: 'A01', points }], version),
    );
    expect(minutes).toBe(60);
    expect(prices).toEqual(Array.from({ length: 24 }, (_, hour) => hour + 0.25));
    expect(Object.fromEntries(asked[0] ?? [])).toEqual({
      ...{ securityToken: TOKEN, documentType: 'A44', 'contract_MarketAgreement.type': 'A01' },
      ...{ in_Domain: AT, out_Domain: AT, periodStart: '202601142300', periodEnd: '202601152300' },
    });
  });

  it.each([
    ['2026-03-29', '2026-03-28T23:00Z', '2026-03-29T22:00Z', 23],
    ['2025-10-26', '2025-10-25T22:00Z', '2025-10-26T23:00Z', 25],
  ])('repeats the prices that a curve of blocks leaves out; %s', async (day, start, end, hours) => {
    const points = { 1: '10', 3: '-7.5', [hours * 4]: '99' };
    const series = { start, end, points, resolution: 'PT15M', area: DE_LU };
    const { minutes, prices } = await pricesOf(publication([series]), day, 'DE-LU');
    expect(minutes).toBe(15);
    expect(prices).toEqual([10, 10, ...Array(hours * 4 - 3).fill(-7.5), 99]);
  });

  it('leaves gaps where a curve has a point for every price, and before the first one', async () => {
    const sparse = await pricesOf(publication([{ ...winterDay, curve: 'A01', points: { 2: '5', 4: '6' } }]));
    expect(sparse.prices.slice(0, 5)).toEqual([null, 5, null, 6, null]);
    const late = await pricesOf(publication([{ ...winterDay, points: { 23: '5' } }]));
    expect(late.prices).toEqual([...Array(22).fill(null), 5, 5]);
  });

  it('reads half hours, several periods, and the coupled day-ahead auction of the zone only', async () => {
    const noon = '2026-01-15T11:00Z';
    const { prices } = await pricesOf(
      publication([
        { ...winterDay, end: noon, points: { 1: '1' }, position: '1' },
        { ...winterDay, start: noon, points: { 1: '2', 2: '3' }, resolution: 'PT30M', position: '1' },
        { ...winterDay, points: { 1: '700' }, resolution: 'PT15M', position: '2' },
        { ...winterDay, points: { 1: '800' }, resolution: 'PT15M', agreement: 'A07' },
        { ...winterDay, points: { 1: '900' }, resolution: 'PT15M', area: DE_LU },
      ]),
    );
    expect(prices).toEqual([...Array(48).fill(1), 2, 2, ...Array(46).fill(3)]);
  });

  it('prefers the resolution that was traded where the platform has two', async () => {
    const both = (day: { start: string; end: string }) => [
      { ...day, points: { 1: '15' }, resolution: 'PT15M' },
      { ...day, points: { 1: '60' }, resolution: 'PT60M' },
    ];
    expect((await pricesOf(publication(both(winterDay)))).prices).toEqual(Array(96).fill(15));
    const before = { start: '2025-01-14T23:00Z', end: '2025-01-15T23:00Z' };
    expect(new Set((await pricesOf(publication(both(before)), '2025-01-15')).prices)).toEqual(new Set([60]));
  });

  it('asks for long spans in parts', async () => {
    reply = () => ({ body: publication([]) });
    expect(await source.load('AT', '2026-01-01', '2026-01-31')).toEqual([]);
    expect(asked.map((query) => [query.get('periodStart'), query.get('periodEnd')])).toEqual([
      ['202512312300', '202601142300'],
      ['202601142300', '202601282300'],
      ['202601282300', '202601312300'],
    ]);
  });

  it('takes "no matching data" as no prices, whatever the status', async () => {
    for (const status of [200, 400]) {
      reply = () => ({
        status,
        body: acknowledgement('999', 'No matching data found for Data item Day-ahead Prices [12.1.D].'),
      });
      expect(await source.load('AT', '2026-01-15', '2026-01-15')).toEqual([]);
    }
  });

  it.each([
    [
      'a refusal',
      400,
      acknowledgement('999', `Delivered time interval is not valid for ${TOKEN}`),
      'refused: 999 Delivered',
    ],
    ['a wrong token', 401, '<html>', 'token is not accepted'],
    ['too many requests', 429, '', 'answered 429'],
    ['an outage', 503, '', 'answered 503'],
    ['no XML', 200, '{"price":1}', 'XML that cannot be read'],
    ['a DOCTYPE', 200, `<!DOCTYPE x [<!ENTITY y "z">]>${publication([])}`, 'XML that cannot be read'],
    ['another document', 200, '<GL_MarketDocument/>', 'another document'],
    [
      'another currency',
      200,
      publication([{ ...winterDay, points: { 1: '5' }, currency: 'PLN' }]),
      'PLN/MWH',
    ],
    [
      'another resolution',
      200,
      publication([{ ...winterDay, points: { 1: '5' }, resolution: 'P1D' }]),
      'resolution',
    ],
    ['a point outside', 200, publication([{ ...winterDay, points: { 25: '5' } }]), 'a point that is none'],
    [
      'a price that is none',
      200,
      publication([{ ...winterDay, points: { 1: 'NaN' } }]),
      'a point that is none',
    ],
    [
      'a period backwards',
      200,
      publication([{ start: winterDay.end, end: winterDay.start, points: {} }]),
      'does not divide',
    ],
    [
      'a period off the quarter',
      200,
      publication([{ start: '2026-01-14T23:07Z', end: '2026-01-15T00:07Z', points: { 1: '1' } }]),
      'a price that is none',
    ],
    [
      'a period without times',
      200,
      publication([{ start: 'now', end: '', points: {} }]),
      'without its times',
    ],
  ])('fails on %s, and never repeats the token', async (_, status, body, message) => {
    reply = () => ({ status, body });
    const failure: unknown = await source
      .load('AT', '2026-01-15', '2026-01-15')
      .catch((error: unknown) => error);
    expect(String(failure)).toContain(message);
    expect(String(failure)).not.toContain(TOKEN);
  });

  it('fills the store, and again after an outage', async () => {
    const prices = new SpotPrices((await testDatabase()).system);
    const clock = createSettableClock(new Date('2031-01-15T13:00:00.000Z'));
    const reported: unknown[] = [];
    const task = keepSpotPrices({ source, prices, clock, report: (error) => void reported.push(error) });
    reply = () => ({ status: 503, body: '' });
    await task.run(new AbortController().signal);
    expect(reported).toHaveLength(4);
    reply = (query) => {
      const [start, end] = ['periodStart', 'periodEnd'].map((name) => wireTime(query.get(name) ?? ''));
      const area = query.get('in_Domain') ?? '';
      return {
        body: publication([
          { start: start ?? '', end: end ?? '', area, points: { 1: '42' }, resolution: 'PT15M' },
        ]),
      };
    };
    await task.run(new AbortController().signal);
    expect(reported).toHaveLength(4);
    const stored = await prices.storedDays('DE-LU', '2029-12-11', '2031-01-16');
    expect(stored).toHaveLength(402);
    expect(new Set(stored.map(({ source: name, missingMinutes }) => `${name} ${missingMinutes}`))).toEqual(
      new Set(['entsoe 0']),
    );
    const period = { from: Date.parse('2031-01-15T00:00Z'), to: Date.parse('2031-01-15T00:00Z') + HOUR };
    expect(await prices.points('DE-LU', period)).toHaveLength(96);
  });
});

/** `203101152300` as the platform writes times in documents. */
function wireTime(minute: string): string {
  return minute.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5Z');
}

describe('the choice of a source', () => {
  const chosen = (environment: Record<string, string>) => {
    const egress = { fetch: never, stream: never, check: never, close: never };
    return spotPriceSource(readSettings(environment), egress)?.name;
  };
  const never = () => Promise.reject(new Error('nobody asks'));

  it('follows the settings; a token alone is enough', () => {
    expect(chosen({})).toBe('demo');
    expect(chosen({ BUSBAR_MODE: 'production' })).toBeUndefined();
    expect(chosen({ BUSBAR_ENTSOE_TOKEN: TOKEN })).toBe('entsoe');
    expect(chosen({ BUSBAR_ENTSOE_TOKEN: TOKEN, BUSBAR_SPOT_MARKET: 'awattar' })).toBe('awattar');
    expect(chosen({ BUSBAR_ENTSOE_TOKEN: TOKEN, BUSBAR_SPOT_MARKET: 'off' })).toBeUndefined();
    expect(() => chosen({ BUSBAR_SPOT_MARKET: 'entsoe' })).toThrow('BUSBAR_ENTSOE_TOKEN');
  });
});
