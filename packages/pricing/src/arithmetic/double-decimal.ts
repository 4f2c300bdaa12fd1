import { PricingError } from '../pricing-error.ts';

const FRACTION_DIGITS = 12;

const POWERS_OF_TEN = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12] as const;

const CODE_0 = 48;
const CODE_9 = 57;
const CODE_POINT = 46;
const CODE_MINUS = 45;

/**
 * Reads a decimal text into a double that holds units × 10^12 (spec A2, `fine`). Digits after the 12th are cut, not
 * rounded, and whatever follows a second point is ignored. Missing, null and empty texts read as 0.
 * Throws INVALID_DECIMAL for anything else that is not a plain decimal text.
 *
 * Up to 2^53 the digits are collected in a whole number and scaled by one exact power of ten. Both operands are exact,
 * so the one rounding that happens gives the same double as `Number` gives for the long text.
 */
export function readDecimal(text: string | null | undefined): number {
  if (!text) return 0;
  if (typeof text !== 'string') throw new PricingError('INVALID_DECIMAL', 'A decimal amount must be text.');
  const negative = text.charCodeAt(0) === CODE_MINUS;
  let digits = 0;
  let afterPoint = -1;
  for (let i = negative ? 1 : 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= CODE_0 && code <= CODE_9) {
      if (afterPoint === FRACTION_DIGITS) break;
      digits = digits * 10 + (code - CODE_0);
      if (afterPoint >= 0) afterPoint++;
    } else if (code === CODE_POINT) {
      if (afterPoint >= 0) break;
      afterPoint = 0;
    } else {
      return readUnusualDecimal(text);
    }
  }
  const scale = POWERS_OF_TEN[FRACTION_DIGITS - Math.max(afterPoint, 0)];
  if (scale === undefined || digits > Number.MAX_SAFE_INTEGER) return readUnusualDecimal(text);
  return negative ? -(digits * scale) : digits * scale;
}

/** Signs, blanks, exponents and long texts: put the digits together and let `Number` judge, as the spec defines it. */
function readUnusualDecimal(text: string): number {
  const [whole = '', fraction = '0'] = text.split('.');
  const value = Number(whole + fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0'));
  if (!Number.isInteger(value)) throw new PricingError('INVALID_DECIMAL', `Not a decimal amount: "${text}".`);
  return value;
}
