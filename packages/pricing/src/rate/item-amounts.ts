import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Taxation } from '../item/taxation.ts';

/** The amounts every priced item has. The unit amount is in the form the price is quoted in, net or gross. */
export interface ItemAmounts<A> {
  /** Missing for models that have no single unit amount. */
  unit: A | undefined;
  unitNet: A;
  unitGross: A;
  subtotal: A;
  total: A;
  tax: A;
}

/** Amounts of an item that costs nothing because its price cannot be determined. */
export function zeroAmounts<A, F>(ar: Arithmetic<A, F>): ItemAmounts<A> {
  const zero = ar.zero;
  return { unit: undefined, unitNet: zero, unitGross: zero, subtotal: zero, total: zero, tax: zero };
}

/**
 * Splits a unit amount into net, tax and gross and multiplies each of them (spec A6). The tax is rounded per unit, at
 * the 12th digit, before it is multiplied.
 */
export function amountsOfUnit<A, F>(
  ar: Arithmetic<A, F>,
  unit: A,
  taxation: Taxation<F>,
  multiplier: F,
): ItemAmounts<A> {
  const unitNet = taxation.inclusive ? ar.div(unit, taxation.withTax) : unit;
  const unitTax = taxation.inclusive ? ar.sub(unit, unitNet) : ar.mul(unit, taxation.share);
  const unitGross = ar.add(unitNet, unitTax);
  return {
    unit,
    unitNet,
    unitGross,
    subtotal: ar.mul(unitNet, multiplier),
    total: ar.mul(unitGross, multiplier),
    tax: ar.mul(unitTax, multiplier),
  };
}
