const DIGITS = 12;
export const PICO: bigint = 10n ** BigInt(DIGITS);

/** Decimal text as whole 10^-12; digits beyond are cut. */
export function toPico(text: string): bigint {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text.trim()) ?? [];
  const amount = BigInt(`${whole || '0'}${fraction.slice(0, DIGITS).padEnd(DIGITS, '0')}`);
  return sign === '-' ? -amount : amount;
}

/** Whole 10^-12 as decimal text without zeros at the end. */
export function picoText(amount: bigint): string {
  const text = (amount < 0n ? -amount : amount).toString().padStart(DIGITS + 1, '0');
  const fraction = text.slice(-DIGITS).replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${text.slice(0, -DIGITS)}${fraction && `.${fraction}`}`;
}

/** Euros in whole 10^-12 as whole cents, half away from zero. */
export function picoCents(amount: bigint): number {
  return Number(divideRounded(amount * 100n, PICO));
}

/** A quotient as the nearest whole number, half away from zero. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  return (dividend < 0n ? dividend - half : dividend + half) / divisor;
}
