import type { MarketPrice, Period, PricePoint } from './price-points.ts';
import { meanPrice } from './price-points.ts';
import { type BiddingZone, daysAfter, startOfZoneDay, zoneDay } from './zone-time.ts';

/** Contract schema `SpotMarketDataFrequency`. */
export type Frequency = 'PT15M' | 'PT1H' | 'P1D' | 'P1M';

/** The portal's charts have years besides. */
export type Interval = Frequency | 'P1Y';

/** One interval of the clock or the calendar: where it starts, and the part of it within the period that was asked for. */
export interface Bucket {
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly share: Period;
}

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
  for (const { start, share } of bucketsOf(period, frequency, zone)) {
    while ((points[first]?.end ?? Number.POSITIVE_INFINITY) <= share.from) first += 1;
    let beyond = first;
    while ((points[beyond]?.start ?? Number.POSITIVE_INFINITY) < share.to) beyond += 1;
    const price = meanPrice(points.slice(first, beyond), share);
    if (price) prices.push({ start, price });
  }
  return prices;
}

/** The buckets that touch a period, in order: quarters and hours of UTC; days, months and years of the zone. */
export function* bucketsOf(period: Period, interval: Interval, zone: BiddingZone): Generator<Bucket> {
  for (let start = bucketStart(period.from, interval, zone), end: number; start < period.to; start = end) {
    end = nextBucket(start, interval, zone);
    yield { start, share: { from: Math.max(start, period.from), to: Math.min(end, period.to) } };
  }
}

function bucketStart(instant: number, interval: Interval, zone: BiddingZone): number {
  if (interval === 'PT15M' || interval === 'PT1H') return instant - (instant % LENGTHS[interval]);
  const day = zoneDay(instant, zone);
  if (interval === 'P1D') return startOfZoneDay(day, zone);
  return startOfZoneDay(interval === 'P1M' ? `${day.slice(0, 7)}-01` : `${day.slice(0, 4)}-01-01`, zone);
}

function nextBucket(start: number, interval: Interval, zone: BiddingZone): number {
  if (interval === 'PT15M' || interval === 'PT1H') return start + LENGTHS[interval];
  const day = zoneDay(start, zone);
  if (interval === 'P1Y') return startOfZoneDay(`${Number(day.slice(0, 4)) + 1}-01-01`, zone);
  if (interval === 'P1D') return startOfZoneDay(daysAfter(day, 1), zone);
  return startOfZoneDay(`${daysAfter(day, 31).slice(0, 7)}-01`, zone);
}
