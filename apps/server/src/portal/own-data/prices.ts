import type { JsonObject } from '../../contract/json-object.ts';
import { type Bucket, bucketsOf, type Interval, meanPrice, type PricePoint } from '../../pricing/index.ts';
import type { ChartScope } from './chart-scope.ts';
import { ZONE } from './consumption.ts';
import { picoCents, picoText, toPico } from './decimal.ts';
import type { Tariff } from './tariff.ts';

/**
 * What a kWh costs in every interval, net (contract operation `getPrices`). Of dynamic tariffs the price is the mean of the market's plus the
 * supplier's, and intervals for which the market has no price yet are left out.
 * @param points the market's prices in order of time; of other tariffs none
 */
export function priceRecords(
  tariff: Tariff,
  points: readonly PricePoint[],
  scope: ChartScope & { readonly interval: Interval },
): JsonObject[] {
  const records: JsonObject[] = [];
  for (const bucket of bucketsOf(scope, scope.interval, ZONE)) {
    const record = tariff.followsMarket ? marketRecord(tariff, points, bucket) : money(tariff.perKwh, tariff);
    if (record) records.push({ timestamp: new Date(bucket.start).toISOString(), ...record });
  }
  return records;
}

function marketRecord(
  tariff: Tariff,
  points: readonly PricePoint[],
  { share }: Bucket,
): JsonObject | undefined {
  const market = meanPrice(pointsWithin(points, share.from, share.to), share);
  if (!market) return undefined;
  const auction = toPico(market.unit_amount_decimal);
  return {
    ...money(auction + tariff.perKwh, tariff),
    components: {
      auction_price_amount: picoCents(auction),
      auction_price_amount_decimal: picoText(auction),
      margin_amount: picoCents(tariff.perKwh),
      margin_amount_decimal: picoText(tariff.perKwh),
    },
  };
}

/** The money members of a price or cost record (contract `getPrices`, `getCosts`); amounts are 10^-12 currency units without tax. */
export function money(
  amount: bigint,
  { currency, taxRate }: Pick<Tariff, 'currency' | 'taxRate'>,
): JsonObject {
  return {
    unit_amount: picoCents(amount),
    unit_amount_decimal: picoText(amount),
    unit_amount_currency: currency,
    tax_behavior: 'exclusive',
    tax_rate: taxRate,
  };
}

/** The points of a sorted list that touch a span. */
export function pointsWithin(points: readonly PricePoint[], from: number, to: number): readonly PricePoint[] {
  return points.slice(
    firstIndex(points, (point) => point.end > from),
    firstIndex(points, (point) => point.start >= to),
  );
}

function firstIndex(points: readonly PricePoint[], isReached: (point: PricePoint) => boolean): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const point = points[middle];
    if (point && isReached(point)) high = middle;
    else low = middle + 1;
  }
  return low;
}
