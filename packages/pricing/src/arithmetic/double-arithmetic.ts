import { PricingError } from '../pricing-error.ts';
import type { Arithmetic, TaxFactors } from './arithmetic.ts';
import { readDecimal } from './double-decimal.ts';
import {
  type DoubleFactor,
  doubleFactor,
  doubleFactorOfFine,
  printedFractionDigits,
} from './double-factor.ts';
import { printDecimal } from './double-text.ts';
import {
  isTimeFrequency,
  TIME_FREQUENCY_NORMALIZATION_FACTORS,
  type TimeFrequency,
} from './time-frequency.ts';

const FINE = 1e12;
const FINE_PER_CENT = 1e10;

/** From here on doubles print with an exponent, which changes how `mul` counts digits. */
const PRINTS_EXPONENT = 1e21;

const ONE = doubleFactor(1);
const UNTAXED: TaxFactors<DoubleFactor> = { share: doubleFactor(0), withTax: ONE };

/**
 * The published arithmetic: IEEE-754 doubles that hold units × 10^12 (spec A2). Exact up to 2^53, which is about
 * 9 007 currency units; above that the last digits follow the doubles, on purpose.
 */
export const doubleArithmetic: Arithmetic<number, DoubleFactor> = {
  zero: 0,
  one: ONE,
  hundred: doubleFactor(100),
  fine: readDecimal,
  fineNumber,
  fromRaw(value) {
    if (!Number.isInteger(value)) throw new PricingError('INVALID_AMOUNT', `Not a whole amount: ${value}.`);
    return value;
  },
  toRaw: (amount) => amount,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: multiply,
  div: (a, factor) => halfEven(a / factor.value),
  convert(a, from, to) {
    if (from === to || !isTimeFrequency(from) || !isTimeFrequency(to)) return a;
    return multiply(a, CONVERSIONS[from][to]);
  },
  isZero: (a) => a === 0,
  exceeds: (a, b) => a > b,
  reread,
  cents,
  text: printDecimal,
  factor: (value) => (value === 1 ? ONE : doubleFactor(value)),
  asFactor: (a) => (a === FINE ? ONE : doubleFactorOfFine(a)),
  toNumber: (factor) => factor.value + 0,
  taxFactors(percent) {
    if (percent === 0) return UNTAXED;
    const share = percent / 100;
    return { share: doubleFactor(share), withTax: doubleFactor(1 + share) };
  },
  compare: (factor, value) => factor.value - value,
};

const CONVERSIONS: Readonly<Record<TimeFrequency, Readonly<Record<TimeFrequency, DoubleFactor>>>> = {
  weekly: conversionsFrom('weekly'),
  monthly: conversionsFrom('monthly'),
  every_quarter: conversionsFrom('every_quarter'),
  every_6_months: conversionsFrom('every_6_months'),
  yearly: conversionsFrom('yearly'),
};

function conversionsFrom(from: TimeFrequency): Readonly<Record<TimeFrequency, DoubleFactor>> {
  const factors = TIME_FREQUENCY_NORMALIZATION_FACTORS[from];
  return {
    weekly: doubleFactor(factors.weekly),
    monthly: doubleFactor(factors.monthly),
    every_quarter: doubleFactor(factors.every_quarter),
    every_6_months: doubleFactor(factors.every_6_months),
    yearly: doubleFactor(factors.yearly),
  };
}

/** Whole numbers and short fractions need no detour through their text: one exact product gives the same double. */
function fineNumber(value: number): number {
  if (Number.isSafeInteger(value)) return value * FINE;
  const { scale, scaled } = doubleFactor(value);
  if (scale > 1 && scale <= 1e6) return scaled * (FINE / scale);
  return readDecimal(String(value));
}

function multiply(a: number, factor: DoubleFactor): number {
  if (factor.whole) return finite(a * factor.value);
  if (a >= PRINTS_EXPONENT || a <= -PRINTS_EXPONENT) return multiplyHuge(a, factor);
  const scale = factor.scale;
  return halfEven((a * scale * factor.scaled) / (scale * scale));
}

/** The digits counted for an amount that prints like 1.5e+21 can exceed those of the factor. */
function multiplyHuge(a: number, factor: DoubleFactor): number {
  const scale = Math.max(10 ** printedFractionDigits(a), factor.scale);
  return halfEven((Math.round(a * scale) * Math.round(factor.value * scale)) / (scale * scale));
}

/** Rounds to a whole number, ties to even. `Math.round` takes ties upwards, so an exact half shows as a gap of 0.5. */
function halfEven(value: number): number {
  const rounded = Math.round(value);
  if (rounded - value === 0.5 && rounded % 2 !== 0) return rounded - 1;
  return finite(rounded);
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new PricingError('INVALID_AMOUNT', 'An amount left the number range.');
}

/** Adding 0 turns -0 into 0. */
function cents(a: number): number {
  const exact = a / FINE_PER_CENT;
  return finite(exact < 0 ? -Math.round(-exact) : Math.round(exact)) + 0;
}

/**
 * Between 10^6 and 10^15 an amount has at most 15 significant digits and prints without an exponent, so its text reads
 * back unchanged. Smaller ones print an exponent and read as 0, larger ones may lose digits.
 */
function reread(a: number): number {
  const size = a < 0 ? -a : a;
  if ((size >= 1e6 && size < 1e15) || size === 0) return a;
  return readDecimal(String(a / FINE));
}
