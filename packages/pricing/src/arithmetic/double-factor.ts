/**
 * A number prepared for multiplying amounts in doubles. The published arithmetic multiplies with a fraction by first
 * scaling both sides to whole numbers (spec A2, `mul`); how far depends on the digits `value` prints with. Finding
 * that out costs more than the multiplication, so it is done once per factor.
 */
export interface DoubleFactor {
  readonly value: number;
  readonly whole: boolean;
  /** 10 to the number of printed fraction digits. */
  readonly scale: number;
  /** value × scale, rounded to a whole number. */
  readonly scaled: number;
}

/** Prepares a number (a quantity, a share, a rate) for multiplication. */
export function doubleFactor(value: number): DoubleFactor {
  if (Number.isInteger(value)) return { value, whole: true, scale: 1, scaled: value };
  const scale = scaleOf(value);
  return { value, whole: false, scale, scaled: Math.round(value * scale) };
}

/**
 * Prepares amount ÷ 10^12. Between 10^6 and 10^15 the text of that quotient shows the digits of the amount without
 * trailing zeros, so its length need not be found out by printing it.
 */
export function doubleFactorOfFine(amount: number): DoubleFactor {
  const value = amount / 1e12;
  const size = Math.abs(amount);
  if (Number.isInteger(value) || size < 1e6 || size >= 1e15) return doubleFactor(value);
  let scaled = amount;
  let scale = 1e12;
  for (let shorter = scaled / 10; Number.isInteger(shorter); shorter = scaled / 10) {
    scaled = shorter;
    scale /= 10;
  }
  return { value, whole: false, scale, scaled };
}

/**
 * The number of fraction digits in the default text of a number, as the published arithmetic counts them: what
 * follows the point, or a negative exponent alone. For 1.5e-7 that is 7, and for 1.5e+21 the four characters "5e+21".
 */
export function printedFractionDigits(value: number): number {
  const text = String(value);
  const exponent = text.indexOf('e-');
  if (exponent >= 0) return Number(text.slice(exponent + 2));
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** Up to six digits are found by trying, which is cheaper than printing; `round(v × 10^n) / 10^n` is `v` at the printed length. */
function scaleOf(value: number): number {
  const size = Math.abs(value);
  if (size < 1e9 && size >= 1e-6) {
    for (let scale = 10; scale <= 1e6; scale *= 10) {
      if (Math.round(value * scale) / scale === value) return scale;
    }
  }
  return 10 ** printedFractionDigits(value);
}
