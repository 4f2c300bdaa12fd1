import type { Egress } from '../../ports/index.ts';
import { jsonAnswer, requireEurPerMwh } from './json-answer.ts';
import { nativeMinutes } from './native-resolution.ts';
import type { PricePoint } from './price-points.ts';
import { pricePoint, SpotPriceError, type SpotPriceSource } from './spot-price-source.ts';
import { type BiddingZone, zoneDay } from './zone-time.ts';

const NAME = 'energy-charts';
const MINUTE = 60_000;

/**
 * Prices of api.energy-charts.info: `unix_seconds` and `price` side by side, in EUR/MWh, by hours and since 2025-10-01 by quarters; null
 * where there is none. Days it knows nothing of are a 404 with a `detail`.
 */
export function energyCharts(egress: Egress, base = 'https://api.energy-charts.info'): SpotPriceSource {
  return {
    name: NAME,
    async load(zone, first, last) {
      const url = `${base}/price?bzn=${zone}&start=${first}&end=${last}`;
      const { status, answer } = await jsonAnswer(egress, NAME, url);
      if (status === 404 && answer['detail'] !== undefined) return [];
      if (status !== 200) throw new SpotPriceError(NAME, `answered ${status}`);
      requireEurPerMwh(NAME, answer['unit']);
      const starts = numbersOf(answer['unix_seconds']).map((seconds) => (seconds ?? Number.NaN) * 1000);
      const prices = numbersOf(answer['price']);
      if (starts.length !== prices.length) throw new SpotPriceError(NAME, 'not as many prices as times');
      return starts.flatMap((start, index): PricePoint[] => {
        const price = prices[index];
        if (typeof price !== 'number') return [];
        return [pricePoint(NAME, start, start + lengthAt(starts, index, zone), price)];
      });
    },
  };
}

/** Milliseconds that a price holds for: until the next one or as long as the one before, unless there is a gap on both sides. */
function lengthAt(starts: readonly number[], index: number, zone: BiddingZone): number {
  const start = starts[index] ?? Number.NaN;
  const [before, after] = [
    start - (starts[index - 1] ?? Number.NaN),
    (starts[index + 1] ?? Number.NaN) - start,
  ];
  const steps = [before, after].filter((step) => step === 15 * MINUTE || step === 60 * MINUTE);
  if (steps.length > 0) return Math.min(...steps);
  return Number.isFinite(start) ? nativeMinutes(zoneDay(start, zone)) * MINUTE : Number.NaN;
}

function numbersOf(value: unknown): (number | null)[] {
  const isNumbers = (list: unknown[]): list is (number | null)[] =>
    list.every((item) => item === null || typeof item === 'number');
  if (Array.isArray(value) && isNumbers(value)) return value;
  throw new SpotPriceError(NAME, 'answered lists that are none of numbers');
}
