import { PricingError } from '../pricing-error.ts';

const DECIMAL = /^\s*([+-]?)(\d*)(?:\.(\d*)(?:\..*)?)?$/s;
const WITH_NEGATIVE_EXPONENT = /^([+-]?)(\d*)\.?(\d*)e-(\d{1,3})$/;

/** No published amount comes near this; it keeps a hostile text from costing quadratic time. */
const MAX_LENGTH = 400;

/**
 * Reads a decimal text exactly, as a whole number of 10^-digits. Like the default arithmetic (spec A2, `fine`) it
 * accepts a sign and missing whole or fraction digits, ignores everything after a second point and cuts surplus digits.
 * Other than that one, it reads texts with a negative exponent at their true value.
 * Throws INVALID_DECIMAL for everything else.
 */
export function readExactDecimal(text: string | null | undefined, digits: number): bigint {
  if (!text) return 0n;
  if (typeof text !== 'string') throw new PricingError('INVALID_DECIMAL', 'A decimal amount must be text.');
  const match = text.length > MAX_LENGTH ? null : DECIMAL.exec(text);
  if (match) return scaled(match[1] ?? '', match[2] ?? '', match[3] ?? '', digits);
  return readWithExponent(text, digits);
}

/** A number as the decimal it prints as, as a whole number of 10^-digits. Throws INVALID_DECIMAL for NaN and infinity. */
export function decimalOfNumber(value: number, digits: number): bigint {
  if (Number.isInteger(value)) return BigInt(value) * 10n ** BigInt(digits);
  return readExactDecimal(String(value), digits);
}

/** Prints a whole number of 10^-digits as a plain decimal without trailing zeros. */
export function printDecimal(value: bigint, digits: number): string {
  const sign = value < 0n ? '-' : '';
  const text = String(value < 0n ? -value : value).padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  return sign + text.slice(0, -digits) + (fraction === '' ? '' : `.${fraction}`);
}

function readWithExponent(text: string, digits: number): bigint {
  const match = text.length > MAX_LENGTH ? null : WITH_NEGATIVE_EXPONENT.exec(text);
  if (!match) throw new PricingError('INVALID_DECIMAL', `Not a decimal amount: "${text.slice(0, 40)}".`);
  const whole = (match[2] ?? '').padStart(Number(match[4]) + 1, '0');
  const point = whole.length - Number(match[4]);
  return scaled(match[1] ?? '', whole.slice(0, point), whole.slice(point) + (match[3] ?? ''), digits);
}

function scaled(sign: string, whole: string, fraction: string, digits: number): bigint {
  const size = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  return sign === '-' ? -size : size;
}
