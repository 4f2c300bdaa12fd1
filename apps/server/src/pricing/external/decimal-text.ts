/** An amount in currency units as text: at least two and at most 12 digits after the point, never an exponent. */
export function decimalText(value: number): string {
  return value
    .toFixed(12)
    .replace(/0+$/, '')
    .replace(/\.(\d?)$/, (_, digit: string) => `.${digit.padEnd(2, '0')}`);
}
