/**
 * Numbers as texts: no leading zeros, because those are identifiers (`007` is not 7), and no exponent. At most 31 digits before and 30 after
 * the point, so that reading one can never fail in the database.
 */
const NUMERAL = /^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?$/;
/** The same for PostgreSQL. */
export const NUMERAL_PATTERN = '^-?(0|[1-9][0-9]{0,30})([.][0-9]{1,30})?$';

/** The text of a value if it is a number or reads as one. */
export function numeralOf(value: string | number | boolean): string | undefined {
  if (typeof value === 'boolean') return undefined;
  const text = typeof value === 'number' ? plainNotation(value) : value;
  return NUMERAL.test(text) ? text : undefined;
}

/** The digits before the point where every way to write the number has them as a word of their own. */
export function wholeDigits(numeral: string): string | undefined {
  const digits = /^-?([1-9][0-9]{0,19})(?:\.|$)/.exec(numeral)?.[1];
  return digits;
}

function plainNotation(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) < 1 ? value.toFixed(30) : BigInt(value).toString();
}
