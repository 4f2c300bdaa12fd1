import { nativeMinutes } from './native-resolution.ts';
import { type PricePoint, UNITS_PER_EUR_MWH } from './price-points.ts';
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

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const HOUR = 4 * QUARTER;

/**
 * A price as sources give it: from `start` to `end` (milliseconds since 1970; whole quarters, an hour at most) and in EUR/MWh.
 * @throws SpotPriceError for times and amounts that are none
 */
export function pricePoint(source: string, start: number, end: number, eurPerMwh: number): PricePoint {
  const price = Math.round(eurPerMwh * UNITS_PER_EUR_MWH);
  const isTime = start % QUARTER === 0 && end % QUARTER === 0 && start < end && end - start <= HOUR;
  if (!isTime || !Number.isSafeInteger(price))
    throw new SpotPriceError(source, `answered a price that is none: ${start} ${end} ${eurPerMwh}`);
  return { start, end, price };
}

/**
 * Points as days of delivery: by quarters as soon as one point of the day is shorter than an hour, else by hours. Points that cover
 * several slots fill each. Where a source has the same time twice, the resolution in which the exchanges traded that day counts.
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
    const length = minutes * MINUTE;
    const prices = Array<number | null>((end - start) / length).fill(null);
    for (const point of nativeLast(within, day)) {
      const slots = Math.round((Math.min(point.end, end) - start) / length);
      for (let slot = Math.max(0, Math.floor((point.start - start) / length)); slot < slots; slot += 1)
        prices[slot] = point.price;
    }
    days.push({ day, start, minutes, prices });
  }
  return days;
}

function nativeLast(points: readonly PricePoint[], day: string): PricePoint[] {
  const native = nativeMinutes(day) * MINUTE;
  const isNative = ({ start, end }: PricePoint) => end - start === native;
  return [...points.filter((point) => !isNative(point)), ...points.filter(isNative)];
}
