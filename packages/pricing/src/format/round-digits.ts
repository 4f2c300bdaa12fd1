/**
 * Rounds a whole number of 10^-from units to a whole number of 10^-to units, half away from zero. Working on whole
 * numbers keeps decimal halves exact, which units as doubles would not.
 */
export function roundDigits(amount: number, from: number, to: number): number {
  if (to >= from) return amount * 10 ** (to - from);
  const size = Math.round(Math.abs(amount) / 10 ** (from - to));
  return amount < 0 && size > 0 ? -size : size;
}
