import type { JsonObject } from '../../contract/json-object.ts';
import type { Entity } from '../../entities/index.ts';
import type { ConsumptionCurve } from '../../metering/index.ts';
import {
  bucketsOf,
  type Interval,
  type Period,
  type PricePoint,
  startOfZoneDay,
} from '../../pricing/index.ts';
import { contractTerm } from '../service/index.ts';
import type { ChartScope } from './chart-scope.ts';
import { ZONE } from './consumption.ts';
import { divideRounded } from './decimal.ts';
import { money, pointsWithin } from './prices.ts';
import type { Tariff } from './tariff.ts';

/** A contract whose costs are known: its tariff, and what its registers took from the grid in kWh. */
export interface PricedSupply {
  readonly contract: Entity;
  readonly tariff: Tariff;
  readonly curves: readonly ConsumptionCurve[];
  /** The market's prices in order of time, where the tariff follows them. */
  readonly points: readonly PricePoint[];
}

const MILLION = 1_000_000n;
const DAY = 86_400_000;

/**
 * What the energy taken cost in every interval, net, base price included (contract operation `getCosts`): consumption times price, and the
 * share of the monthly base price for the time that readings cover, within the contract's term. Contracts are added up where currency and tax
 * rate agree. An interval has no record of a contract when a part of its consumption has no price.
 */
export function costRecords(
  supplies: readonly PricedSupply[],
  scope: ChartScope & { readonly interval: Interval },
): JsonObject[] {
  const records: JsonObject[] = [];
  for (const { start, share } of bucketsOf(scope, scope.interval, ZONE)) {
    const sums = new Map<string, { amount: bigint; tariff: Tariff }>();
    for (const supply of supplies) {
      const amount = costOf(supply, share);
      const { currency, taxRate } = supply.tariff;
      const key = `${currency} ${taxRate}`;
      if (amount !== undefined)
        sums.set(key, { amount: (sums.get(key)?.amount ?? 0n) + amount, tariff: supply.tariff });
    }
    for (const { amount, tariff } of sums.values())
      records.push({ timestamp: new Date(start).toISOString(), ...money(amount, tariff) });
  }
  return records;
}

/** In 10^-12 currency units; undefined when nothing is known of the period, or not all of it. */
function costOf({ contract, tariff, curves, points }: PricedSupply, period: Period): bigint | undefined {
  const { from, to } = within(period, contract);
  const energy: bigint[] = [];
  for (const curve of curves) {
    if (curve.between(from, to) === undefined) continue;
    const cost = tariff.followsMarket
      ? marketCost(curve, tariff, points, { from, to })
      : divideRounded((curve.between(from, to) ?? 0n) * tariff.perKwh, MILLION);
    if (cost === undefined) return undefined;
    energy.push(cost);
  }
  if (energy.length === 0) return undefined;
  return energy.reduce((sum, cost) => sum + cost, 0n) + baseCost(tariff, curves, { from, to });
}

/** Consumption of every point of time at its own price; undefined when some of it has none. */
function marketCost(
  curve: ConsumptionCurve,
  tariff: Tariff,
  points: readonly PricePoint[],
  { from, to }: Period,
): bigint | undefined {
  let cost = 0n;
  let priced = 0n;
  for (const point of pointsWithin(points, from, to)) {
    const taken = curve.between(Math.max(point.start, from), Math.min(point.end, to)) ?? 0n;
    // Points are billionths of a euro per kWh.
    cost += taken * (BigInt(point.price) * 1000n + tariff.perKwh);
    priced += taken;
  }
  return priced === curve.between(from, to) ? divideRounded(cost, MILLION) : undefined;
}

/** The base price for the time that any of the curves knows of, by the milliseconds of each calendar month. */
function baseCost({ perMonth }: Tariff, curves: readonly ConsumptionCurve[], { from, to }: Period): bigint {
  if (perMonth === 0n) return 0n;
  const spans = curves.flatMap((curve) => curve.knownBetween(from, to));
  const known = {
    from: Math.min(...spans.map((span) => span.from)),
    to: Math.max(...spans.map((span) => span.to)),
  };
  let cost = 0n;
  for (const month of bucketsOf(known, 'P1M', ZONE)) {
    const share = BigInt(month.share.to - month.share.from);
    cost += divideRounded(perMonth * share, BigInt(monthLength(month.start)));
  }
  return cost;
}

function monthLength(start: number): number {
  const [, next] = bucketsOf({ from: start, to: start + 32 * DAY }, 'P1M', ZONE);
  return (next?.start ?? start) - start;
}

/** The part of a period in which a contract runs; an end before its start when it does not. */
function within({ from, to }: Period, { doc }: Entity): Period {
  const { start, end } = contractTerm(doc);
  return {
    from: Math.max(from, start === undefined ? from : startOfZoneDay(start, ZONE)),
    to: Math.min(to, end === undefined ? to : startOfZoneDay(dayAfter(end), ZONE)),
  };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + DAY).toISOString().slice(0, 10);
}
