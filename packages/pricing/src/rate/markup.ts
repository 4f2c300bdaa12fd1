import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Taxation } from '../item/taxation.ts';

/** An amount in both forms. */
export interface NetAndGross<A> {
  readonly net: A;
  readonly gross: A;
}

/** Reads a supplier's markup or average price, which is gross if the price includes tax, in both forms (spec A7.6, A7.7). */
export function netAndGross<A, F>(ar: Arithmetic<A, F>, amount: A, taxation: Taxation<F>): NetAndGross<A> {
  return taxation.inclusive
    ? { net: ar.div(amount, taxation.withTax), gross: amount }
    : { net: amount, gross: ar.mul(amount, taxation.withTax) };
}
