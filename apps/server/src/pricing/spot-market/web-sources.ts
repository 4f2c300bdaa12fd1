import { type Document, isDocument } from '../../entities/index.ts';
import type { Egress } from '../../ports/index.ts';
import { type PricePoint, UNITS_PER_EUR_MWH } from './price-points.ts';
import { SpotPriceError, type SpotPriceSource } from './spot-price-source.ts';
import { type BiddingZone, daysAfter, startOfZoneDay } from './zone-time.ts';

const AWATTAR = { AT: 'https://api.awattar.at', 'DE-LU': 'https://api.awattar.de' } as const;

/** Prices of api.energy-charts.info: `unix_seconds` and `price` side by side, in EUR/MWh. */
export function energyCharts(egress: Egress, base = 'https://api.energy-charts.info'): SpotPriceSource {
  const name = 'energy-charts';
  return {
    name,
    async load(zone, first, last) {
      const answer = await askJson(egress, name, `${base}/price?bzn=${zone}&start=${first}&end=${last}`);
      const starts = numbersOf(answer['unix_seconds'], name).map((seconds) => (seconds ?? Number.NaN) * 1000);
      const prices = numbersOf(answer['price'], name);
      if (starts.length !== prices.length) throw new SpotPriceError(name, 'not as many prices as times');
      return starts.flatMap((start, index): PricePoint[] => {
        const price = prices[index];
        const length = (starts[index + 1] ?? Number.NaN) - start || start - (starts[index - 1] ?? Number.NaN);
        return typeof price === 'number' ? [pointOf(name, start, start + length, price)] : [];
      });
    },
  };
}

/** Prices of aWATTar: one object per hour, milliseconds since 1970 and EUR/MWh. */
export function awattar(
  egress: Egress,
  bases: Readonly<Record<BiddingZone, string>> = AWATTAR,
): SpotPriceSource {
  const name = 'awattar';
  return {
    name,
    async load(zone, first, last) {
      const [start, end] = [startOfZoneDay(first, zone), startOfZoneDay(daysAfter(last, 1), zone)];
      const answer = await askJson(egress, name, `${bases[zone]}/v1/marketdata?start=${start}&end=${end}`);
      const { data } = answer;
      if (!Array.isArray(data)) throw new SpotPriceError(name, 'answered without data');
      return data.map((item: unknown) => {
        const record = isDocument(item) ? item : {};
        const { start_timestamp: from, end_timestamp: to, marketprice: price } = record;
        return pointOf(name, Number(from), Number(to), Number(price));
      });
    },
  };
}

async function askJson(egress: Egress, name: string, url: string): Promise<Document> {
  const { status, body } = await egress.fetch({
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
  });
  if (status !== 200) throw new SpotPriceError(name, `answered ${status}`);
  try {
    const answer: unknown = JSON.parse(Buffer.from(body).toString());
    if (isDocument(answer)) return answer;
  } catch (cause) {
    throw new SpotPriceError(name, 'answered something that is no JSON', { cause });
  }
  throw new SpotPriceError(name, 'answered something that is no object');
}

function numbersOf(value: unknown, name: string): (number | null)[] {
  const isNumbers = (list: unknown[]): list is (number | null)[] =>
    list.every((item) => item === null || typeof item === 'number');
  if (Array.isArray(value) && isNumbers(value)) return value;
  throw new SpotPriceError(name, 'answered lists that are none of numbers');
}

function pointOf(name: string, start: number, end: number, eurPerMwh: number): PricePoint {
  const minutes = (end - start) / 60_000;
  const price = Math.round(eurPerMwh * UNITS_PER_EUR_MWH);
  if (!Number.isInteger(start) || (minutes !== 15 && minutes !== 60) || !Number.isSafeInteger(price))
    throw new SpotPriceError(name, `answered a price that is none: ${start} ${end} ${eurPerMwh}`);
  return { start, end, price };
}
