const DECIMAL = /^(-?)(\d{1,15})(?:[.,](\d{0,2})0*)?$/;

/**
 * An amount in cents from the siblings of a currency attribute (spec/portal.md §0.3): the integer wins, otherwise the decimal text is read,
 * exactly. Undefined when neither is an amount.
 */
export function centsOf(minor: unknown, decimal: unknown): bigint | undefined {
  if (typeof minor === 'number' && Number.isSafeInteger(minor)) return BigInt(minor);
  if (typeof minor === 'string' && /^-?\d{1,15}$/.test(minor)) return BigInt(minor);
  const match = typeof decimal === 'string' ? DECIMAL.exec(decimal.trim()) : null;
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const cents = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'));
  return sign === '-' ? -cents : cents;
}

/** Cents as the decimal text of major units: 8990 is `89.90`. */
export function decimalText(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
