/**
 * Reads a decimal text in German or English notation and returns it with a point (spec A17). The last point or comma
 * is the decimal separator and all others are thousands separators; a separator that repeats without the other kind
 * being present only separates thousands. A missing fraction becomes `.00`. Anything but text, and the empty text,
 * gives "0.00". Note that "1.000" stays 1.000.
 */
export function parseDecimalValue(value: unknown): string {
  if (typeof value !== 'string' || value === '') return '0.00';
  const decimalAt = Math.max(value.lastIndexOf('.'), value.lastIndexOf(','));
  if (decimalAt < 0) return `${value}.00`;
  const separator = value.charAt(decimalAt);
  const other = separator === '.' ? ',' : '.';
  const repeats = value.indexOf(separator) !== decimalAt;
  if (repeats && !value.includes(other)) return `${withoutSeparators(value)}.00`;
  return `${withoutSeparators(value.slice(0, decimalAt))}.${value.slice(decimalAt + 1) || '00'}`;
}

function withoutSeparators(text: string): string {
  return text.replace(/[.,]/g, '');
}
