import { PricingError } from '../pricing-error.ts';
import type { Arithmetic } from './arithmetic.ts';
import { decimalOfNumber, printDecimal, readExactDecimal } from './exact-decimal.ts';
import { frequencyRatio, isTimeFrequency } from './time-frequency.ts';

const FINE_DIGITS = 12;
const FACTOR_DIGITS = 24;
const FINE_PER_CENT = 10n ** 10n;
const FACTOR_ONE = 10n ** 24n;
const FACTOR_PER_FINE = 10n ** 12n;

/**
 * True decimal arithmetic: amounts are whole numbers of 10^-12 units without a size limit, factors have 24 digits.
 * Every product and quotient is rounded once, half-even, from its exact value, and conversions between periods
 * multiply by an exact fraction. Texts are plain decimals at any size, never in exponent form.
 */
export const exactArithmetic: Arithmetic<bigint, bigint> = {
  zero: 0n,
  one: FACTOR_ONE,
  hundred: 100n * FACTOR_ONE,
  fine: (text) => readExactDecimal(text, FINE_DIGITS),
  fineNumber: (value) => decimalOfNumber(value, FINE_DIGITS),
  fromRaw(value) {
    if (!Number.isInteger(value)) throw new PricingError('INVALID_AMOUNT', `Not a whole amount: ${value}.`);
    return BigInt(value);
  },
  toRaw: finiteNumber,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, factor) => halfEvenQuotient(a * factor, FACTOR_ONE),
  div: (a, factor) => halfEvenQuotient(a * FACTOR_ONE, factor),
  convert(a, from, to) {
    if (from === to || !isTimeFrequency(from) || !isTimeFrequency(to)) return a;
    const [numerator, denominator] = frequencyRatio(from, to);
    return halfEvenQuotient(a * BigInt(numerator), BigInt(denominator));
  },
  isZero: (a) => a === 0n,
  exceeds: (a, b) => a > b,
  reread: (a) => a,
  cents: (a) => finiteNumber(halfAwayQuotient(a, FINE_PER_CENT)),
  text: (a) => printDecimal(a, FINE_DIGITS),
  factor: (value) => decimalOfNumber(value, FACTOR_DIGITS),
  asFactor: (a) => a * FACTOR_PER_FINE,
  toNumber: (factor) => Number(printDecimal(factor, FACTOR_DIGITS)),
  taxFactors(percent) {
    const share = halfEvenQuotient(decimalOfNumber(percent, FACTOR_DIGITS), 100n);
    return { share, withTax: FACTOR_ONE + share };
  },
  compare(factor, value) {
    if (!Number.isFinite(value)) return value > 0 ? -1 : 1;
    const other = decimalOfNumber(value, FACTOR_DIGITS);
    return factor === other ? 0 : factor > other ? 1 : -1;
  },
};

/** numerator ÷ denominator to the nearest whole number, ties to even. Throws INVALID_AMOUNT for a zero denominator. */
function halfEvenQuotient(numerator: bigint, denominator: bigint): bigint {
  if (denominator === 0n) throw new PricingError('INVALID_AMOUNT', 'An amount was divided by zero.');
  const negative = numerator < 0n !== denominator < 0n;
  const divisor = absolute(denominator);
  const dividend = absolute(numerator);
  const quotient = dividend / divisor;
  const twiceRest = 2n * (dividend - quotient * divisor);
  const up = twiceRest > divisor || (twiceRest === divisor && quotient % 2n === 1n);
  const size = up ? quotient + 1n : quotient;
  return negative ? -size : size;
}

function halfAwayQuotient(numerator: bigint, denominator: bigint): bigint {
  const size = (2n * absolute(numerator) + denominator) / (2n * denominator);
  return numerator < 0n ? -size : size;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function finiteNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new PricingError('INVALID_AMOUNT', 'An amount left the number range.');
  return number;
}
