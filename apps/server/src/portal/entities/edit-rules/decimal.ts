/** A decimal number, exactly: `units` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const WRITTEN = /^([+-]?)(\d{1,30})(?:[.,](\d{1,15}))?$/;

/** Reads a number or its text; commas and points separate the fraction. Undefined for everything else. */
export function readDecimal(value: unknown): Decimal | undefined {
  const text = typeof value === 'number' && Number.isFinite(value) ? plain(value) : value;
  const match = typeof text === 'string' ? WRITTEN.exec(text.trim()) : null;
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === '-' ? -units : units, scale: fraction.length };
}

/** A JSON number without an exponent, as far as 15 places go. */
function plain(value: number): string {
  const text = String(value);
  return /e/i.test(text) ? value.toFixed(15).replace(/0+$/, '').replace(/\.$/, '') : text;
}

export function add(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { units: unitsAt(left, scale) + unitsAt(right, scale), scale };
}

export function negate({ units, scale }: Decimal): Decimal {
  return { units: -units, scale };
}

export function absolute({ units, scale }: Decimal): Decimal {
  return { units: units < 0n ? -units : units, scale };
}

export function multiply(left: Decimal, right: Decimal): Decimal {
  return { units: left.units * right.units, scale: left.scale + right.scale };
}

/** The value moved to the left by some places: `shift(25, 2)` is 0.25; negative places multiply. */
export function shift({ units, scale }: Decimal, places: number): Decimal {
  const moved = scale + places;
  return moved >= 0 ? { units, scale: moved } : { units: units * 10n ** BigInt(-moved), scale: 0 };
}

/** Negative, zero or positive, as the left one is smaller, equal or greater. */
export function compare(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale);
  const difference = unitsAt(left, scale) - unitsAt(right, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function unitsAt({ units, scale }: Decimal, wanted: number): bigint {
  return units * 10n ** BigInt(wanted - scale);
}
