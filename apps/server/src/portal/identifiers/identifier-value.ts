/** How values of an attribute type are compared (portal §4.3 step 2). */
export type Comparison = 'text' | 'phone' | 'number';

/** The comparison that fits an attribute type. */
export function comparisonOf(type: string | undefined): Comparison {
  if (type === 'phone') return 'phone';
  return type === 'number' || type === 'currency' ? 'number' : 'text';
}

/**
 * A value in the form it is compared in: trimmed and lower case; phone numbers as digits with country code (49 unless they have one); numbers
 * without grouping, with a point. What is no number stays the text it is.
 */
export function normalValue(value: unknown, comparison: Comparison): string {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (comparison === 'phone') return phoneDigits(text);
  if (comparison === 'number') return plainNumber(text);
  return text.toLowerCase();
}

function phoneDigits(text: string): string {
  const hasCountry = text.startsWith('+') || text.startsWith('00');
  const digits = text.replace(/\(0\)/, '').replace(/\D/g, '');
  if (hasCountry) return digits.replace(/^00/, '');
  return digits === '' ? '' : `49${digits.replace(/^0/, '')}`;
}

function plainNumber(text: string): string {
  const compact = text.replace(/[\s']/g, '');
  // German grouping: points in threes, and at most one comma behind them.
  const point = /^-?\d{1,3}(?:\.\d{3})+(?:,\d+)?$|^-?\d+,\d+$/.test(compact)
    ? compact.replaceAll('.', '').replace(',', '.')
    : compact.replace(/(?<=\d),(?=\d{3}(?:\D|$))/g, '');
  return point !== '' && Number.isFinite(Number(point)) ? String(Number(point)) : text.toLowerCase();
}
