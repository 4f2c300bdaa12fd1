import type { PricePoint } from './price-points.ts';
import type { PriceDay } from './spot-prices.ts';
import { type BiddingZone, daysAfter, startOfZoneDay } from './zone-time.ts';

/** Whoever knows day-ahead prices. */
export interface SpotPriceSource {
  /** Noted beside the prices. */
  readonly name: string;
  /**
   * The prices of some days of delivery (`YYYY-MM-DD` in the zone, both included), in any order; what is not known yet is left out.
   * @throws SpotPriceError when the source does not answer, or not as documented
   */
  load(zone: BiddingZone, first: string, last: string): Promise<readonly PricePoint[]>;
}

/** A source of prices has failed; it is asked again. */
export class SpotPriceError extends Error {
  constructor(source: string, problem: string, options?: ErrorOptions) {
    super(`${source}: ${problem}`, options);
    this.name = 'SpotPriceError';
  }
}

const QUARTER = 15 * 60_000;
const HOUR = 4 * QUARTER;

/**
 * Points as days of delivery: by quarters as soon as one point of the day is shorter than an hour, else by hours. Points that cover
 * several slots fill each.
 */
export function asPriceDays(
  points: readonly PricePoint[],
  zone: BiddingZone,
  first: string,
  last: string,
): PriceDay[] {
  const days: PriceDay[] = [];
  for (let day = first; day <= last; day = daysAfter(day, 1)) {
    const start = startOfZoneDay(day, zone);
    const end = startOfZoneDay(daysAfter(day, 1), zone);
    const within = points.filter((point) => point.start < end && point.end > start);
    const minutes = within.some((point) => point.end - point.start < HOUR) ? 15 : 60;
    const length = minutes === 15 ? QUARTER : HOUR;
    const prices = Array<number | null>((end - start) / length).fill(null);
    for (const point of within) {
      const slots = Math.round((Math.min(point.end, end) - start) / length);
      for (let slot = Math.max(0, Math.floor((point.start - start) / length)); slot < slots; slot += 1)
        prices[slot] = point.price;
    }
    days.push({ day, start, minutes, prices });
  }
  return days;
}
