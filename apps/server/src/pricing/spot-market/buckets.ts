import type { MarketPrice, Period, PricePoint } from './price-points.ts';
import { meanPrice } from './price-points.ts';
import { type BiddingZone, daysAfter, startOfZoneDay, zoneDay } from './zone-time.ts';

/** Contract schema `SpotMarketDataFrequency`. */
export type Frequency = 'PT15M' | 'PT1H' | 'P1D' | 'P1M';

const QUARTER = 15 * 60_000;
const LENGTHS = { PT15M: QUARTER, PT1H: 4 * QUARTER } as const;

/** A price and where its bucket starts, in milliseconds since 1970. */
interface BucketPrice {
  readonly start: number;
  readonly price: MarketPrice;
}

/**
 * The mean price of every bucket of a period (spec/pricing.md B10): quarters and hours of UTC, days and months of the bidding zone. Of
 * buckets at the edges only what lies within the period counts; buckets without a price are left out.
 * @param points in order of time
 */
export function bucketPrices(
  points: readonly PricePoint[],
  period: Period,
  frequency: Frequency,
  zone: BiddingZone,
): BucketPrice[] {
  const prices: BucketPrice[] = [];
  let first = 0;
  for (let start = bucketStart(period.from, frequency, zone), end: number; start < period.to; start = end) {
    end = nextBucket(start, frequency, zone);
    const share = { from: Math.max(start, period.from), to: Math.min(end, period.to) };
    while ((points[first]?.end ?? Number.POSITIVE_INFINITY) <= share.from) first += 1;
    let beyond = first;
    while ((points[beyond]?.start ?? Number.POSITIVE_INFINITY) < share.to) beyond += 1;
    const price = meanPrice(points.slice(first, beyond), share);
    if (price) prices.push({ start, price });
  }
  return prices;
}

function bucketStart(instant: number, frequency: Frequency, zone: BiddingZone): number {
  if (frequency === 'PT15M' || frequency === 'PT1H') return instant - (instant % LENGTHS[frequency]);
  const day = zoneDay(instant, zone);
  return startOfZoneDay(frequency === 'P1D' ? day : `${day.slice(0, 7)}-01`, zone);
}

function nextBucket(start: number, frequency: Frequency, zone: BiddingZone): number {
  if (frequency === 'PT15M' || frequency === 'PT1H') return start + LENGTHS[frequency];
  const day = zoneDay(start, zone);
  if (frequency === 'P1D') return startOfZoneDay(daysAfter(day, 1), zone);
  return startOfZoneDay(`${daysAfter(day, 31).slice(0, 7)}-01`, zone);
}
