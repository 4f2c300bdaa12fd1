import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testServer } from '../../testing/test-server.ts';
import { awattar } from './awattar-source.ts';
import { energyCharts } from './energy-charts-source.ts';

const START = Date.parse('2026-01-14T23:00:00.000Z');
let answer: { status: number; body: string } = { status: 200, body: '' };
let asked = '';
const provider = createServer((request, response) => {
  asked = request.url ?? '';
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
});
let base = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const address = provider.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => void provider.close());

const sourceOf = async (name: 'energy-charts' | 'awattar') => {
  const { egress } = (await testServer()).busbar.ports;
  return name === 'awattar' ? awattar(egress, { AT: base, 'DE-LU': base }) : energyCharts(egress, base);
};

describe('sources of market prices', () => {
  it('energy-charts: reads times and prices, leaves out what is null', async () => {
    const unix_seconds = [0, 900, 1800].map((seconds) => START / 1000 + seconds);
    const body = { license_info: 'CC BY 4.0', unix_seconds, price: [102.43, null, -5], unit: 'EUR / MWh' };
    answer = { status: 200, body: JSON.stringify({ ...body, deprecated: false }) };
    const quarter = 900_000;
    expect(await (await sourceOf('energy-charts')).load('DE-LU', '2026-01-15', '2026-01-15')).toEqual([
      { start: START, end: START + quarter, price: 102_430_000 },
      { start: START + 2 * quarter, end: START + 3 * quarter, price: -5_000_000 },
    ]);
    expect(asked).toBe('/price?bzn=DE-LU&start=2026-01-15&end=2026-01-15');
  });

  it('energy-charts: knows how long a price holds where resolutions meet, and beside a gap', async () => {
    const hours = [-2, -1].map((hour) => Date.parse('2025-09-30T22:00:00.000Z') / 1000 + hour * 3600);
    const quarters = [0, 1, 3, 5].map(
      (quarter) => Date.parse('2025-09-30T22:00:00.000Z') / 1000 + quarter * 900,
    );
    const unix_seconds = [...hours, ...quarters];
    answer = { status: 200, body: JSON.stringify({ unix_seconds, price: unix_seconds.map(() => 50) }) };
    const points = await (await sourceOf('energy-charts')).load('AT', '2025-09-30', '2025-10-01');
    expect(points.map(({ start, end }) => (end - start) / 60_000)).toEqual([60, 60, 15, 15, 15, 15]);
  });

  it('energy-charts: days without any price are not an error', async () => {
    answer = { status: 404, body: '{"detail":"no content available"}' };
    expect(await (await sourceOf('energy-charts')).load('AT', '2026-01-15', '2026-01-15')).toEqual([]);
  });

  it('aWATTar: asks for the days of the zone and reads hours', async () => {
    const end = START + 3_600_000;
    answer = {
      status: 200,
      body: JSON.stringify({
        object: 'list',
        data: [
          { start_timestamp: START, end_timestamp: end, marketprice: 88.1, unit: 'Eur/MWh' },
          { start_timestamp: end, end_timestamp: end + 3_600_000, marketprice: null, unit: 'Eur/MWh' },
        ],
      }),
    };
    expect(await (await sourceOf('awattar')).load('AT', '2026-01-15', '2026-01-15')).toEqual([
      { start: START, end, price: 88_100_000 },
    ]);
    expect(asked).toBe(`/v1/marketdata?start=${START}&end=${START + 24 * 3_600_000}`);
  });

  it.each([
    [503, '{}'],
    [200, 'no JSON'],
    [200, '[]'],
    [200, '{"data":[{"start_timestamp":1}],"unix_seconds":["x"]}'],
    [200, '{"data":[{"start_timestamp":0,"end_timestamp":3600000}],"unix_seconds":[0,3600],"price":[1]}'],
    [
      200,
      '{"data":[{"start_timestamp":0,"end_timestamp":3600000,"marketprice":1,"unit":"ct/kWh"}],"unix_seconds":[],"price":[],"unit":"ct/kWh"}',
    ],
  ])('refuse an answer %i %s', async (status, body) => {
    answer = { status, body };
    for (const name of ['energy-charts', 'awattar'] as const)
      await expect((await sourceOf(name)).load('AT', '2026-01-15', '2026-01-15')).rejects.toThrow(name);
  });
});
