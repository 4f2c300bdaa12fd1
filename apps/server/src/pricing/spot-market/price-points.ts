/** A price and the time it holds for: milliseconds since 1970, end excluded, and whole billionths of a euro per kWh. */
export interface PricePoint {
  readonly start: number;
  readonly end: number;
  readonly price: number;
}

/** What a point of 1 EUR/MWh has as `price`. */
export const UNITS_PER_EUR_MWH = 1_000_000;

/** A time, end excluded, in milliseconds since 1970. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** A price as the contract writes it (`BaseMarketPriceRecord`): cents and euros per kWh. */
export interface MarketPrice {
  readonly unit_amount: number;
  readonly unit_amount_decimal: string;
  readonly unit_amount_currency: 'EUR';
}

const DIGITS = 12;
/** Means have 12 digits after the point, points 9. */
const FINER = 1000n;

/**
 * The mean of points, weighted by the time they share with the period and rounded half-even to 12 digits (spec/pricing.md B10); undefined
 * when they share none.
 */
export function meanPrice(points: readonly PricePoint[], { from, to }: Period): MarketPrice | undefined {
  let sum = 0n;
  let time = 0n;
  for (const { start, end, price } of points) {
    const shared = Math.min(end, to) - Math.max(start, from);
    if (shared <= 0) continue;
    sum += BigInt(price) * BigInt(shared);
    time += BigInt(shared);
  }
  return time === 0n ? undefined : marketPrice(halfEven(sum * FINER, time));
}

function halfEven(dividend: bigint, divisor: bigint): bigint {
  const floor = dividend / divisor - (dividend % divisor < 0n ? 1n : 0n);
  const twice = 2n * (dividend - floor * divisor);
  const up = twice > divisor || (twice === divisor && floor % 2n !== 0n);
  return up ? floor + 1n : floor;
}

/** @param amount 10^-12 euros per kWh */
function marketPrice(amount: bigint): MarketPrice {
  return {
    unit_amount: Number(decimalText(amount, DIGITS - 2)),
    unit_amount_decimal: decimalText(amount, DIGITS),
    unit_amount_currency: 'EUR',
  };
}

/** A scaled whole number as decimal text without zeros at the end. */
function decimalText(amount: bigint, digits: number): string {
  const sign = amount < 0n ? '-' : '';
  const text = (amount < 0n ? -amount : amount).toString().padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  return `${sign}${text.slice(0, -digits)}${fraction && `.${fraction}`}`;
}
