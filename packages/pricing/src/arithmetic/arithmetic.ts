/**
 * The numbers the engine computes with. An amount `A` holds currency units times 10^12 and is always whole; a factor
 * `F` is a plain number an amount is multiplied with or divided by (quantity, tax rate, percentage).
 *
 * Two implementations exist: `doubleArithmetic` reproduces the published results digit for digit (spec A2),
 * `exactArithmetic` computes with true decimals. Everything else in the engine is written against this interface.
 */
export interface Arithmetic<A, F> {
  readonly zero: A;
  readonly one: F;
  readonly hundred: F;
  /** Reads a decimal text; missing, null and empty read as 0, digits after the 12th are cut. Throws INVALID_DECIMAL. */
  fine(text: string | null | undefined): A;
  /** The amount of a number as `fine` would read its text. Throws INVALID_DECIMAL. */
  fineNumber(value: number): A;
  /** Takes a number that already is scaled by 10^12, such as an amount an item brought along. Throws INVALID_AMOUNT. */
  fromRaw(value: number): A;
  /** The scaled number itself; the inverse of `fromRaw`. */
  toRaw(amount: A): number;
  add(a: A, b: A): A;
  sub(a: A, b: A): A;
  /** a × factor, rounded half-even at the 12th digit. Throws INVALID_AMOUNT beyond the number range. */
  mul(a: A, factor: F): A;
  /** a ÷ factor, rounded half-even at the 12th digit. Throws INVALID_AMOUNT beyond the number range and for 0. */
  div(a: A, factor: F): A;
  /** Converts an amount per `from` period into one per `to` period (spec A3); unknown periods leave it unchanged. */
  convert(a: A, from: string | null | undefined, to: string | null | undefined): A;
  isZero(a: A): boolean;
  /** True if a > b. */
  exceeds(a: A, b: A): boolean;
  /** The amount as it reads back from the text it prints as. */
  reread(a: A): A;
  /** Whole cents, half away from zero; never -0. */
  cents(a: A): number;
  /** Decimal text without trailing zeros. */
  text(a: A): string;
  factor(value: number): F;
  /** The factor amount ÷ 10^12. */
  asFactor(a: A): F;
  /** The number a factor stands for, to be shown in a result. */
  toNumber(factor: F): number;
  /** The tax share of a rate in percent, and 1 plus that share. */
  taxFactors(percent: number): TaxFactors<F>;
  /** Negative, zero or positive as `factor` is below, at or above `value`. */
  compare(factor: F, value: number): number;
}

/** The two factors a tax rate needs: 0.19 and 1.19 for 19 %. */
export interface TaxFactors<F> {
  readonly share: F;
  readonly withTax: F;
}
