import { isDocument } from '../../entities/index.ts';
import type { Egress } from '../../ports/index.ts';
import { jsonAnswer, requireEurPerMwh } from './json-answer.ts';
import type { PricePoint } from './price-points.ts';
import { pricePoint, SpotPriceError, type SpotPriceSource } from './spot-price-source.ts';
import { type BiddingZone, daysAfter, startOfZoneDay } from './zone-time.ts';

const NAME = 'awattar';
const BASES = { AT: 'https://api.awattar.at', 'DE-LU': 'https://api.awattar.de' } as const;

/** Prices of aWATTar: one object per hour (still, where the exchanges trade quarters), milliseconds since 1970 and EUR/MWh. */
export function awattar(
  egress: Egress,
  bases: Readonly<Record<BiddingZone, string>> = BASES,
): SpotPriceSource {
  return {
    name: NAME,
    async load(zone, first, last) {
      const [start, end] = [startOfZoneDay(first, zone), startOfZoneDay(daysAfter(last, 1), zone)];
      const url = `${bases[zone]}/v1/marketdata?start=${start}&end=${end}`;
      const { status, answer } = await jsonAnswer(egress, NAME, url);
      if (status !== 200) throw new SpotPriceError(NAME, `answered ${status}`);
      const { data } = answer;
      if (!Array.isArray(data)) throw new SpotPriceError(NAME, 'answered without data');
      return data.flatMap(readHour);
    },
  };
}

function readHour(item: unknown): PricePoint[] {
  const {
    start_timestamp: start,
    end_timestamp: end,
    marketprice: price,
    unit,
  } = isDocument(item) ? item : {};
  requireEurPerMwh(NAME, unit);
  if (typeof start !== 'number' || typeof end !== 'number')
    throw new SpotPriceError(NAME, 'answered a price without its time');
  if (price === null) return [];
  return [pricePoint(NAME, start, end, typeof price === 'number' ? price : Number.NaN)];
}
