import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import { doubleArithmetic } from '../arithmetic/double-arithmetic.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { Price } from '../contract/price.ts';
import type { PriceInputMapping } from '../contract/price-item.ts';
import { isVariablePrice } from './variable-price.ts';

/** What an item is multiplied with (spec A4). */
export interface Quantities<A, F> {
  /** The item's own quantity. */
  readonly quantity: F;
  /** Quantity times the mapped customer input, in units per billing period. */
  readonly multiplier: F;
  /** The mapped input alone, which selects tiers; 1 without a mapping. */
  readonly selection: F;
  /** The same as an amount, as its text reads. */
  readonly selectionAmount: A;
  /** Whether a customer input is in use. */
  readonly mapped: boolean;
}

/** The quantity of an item: its number, or 1 for everything that is not a number (spec A4). */
export function safeQuantity(quantity: unknown): number {
  return typeof quantity === 'number' && !Number.isNaN(quantity) ? quantity : 1;
}

/** Combines the quantity of an item with the customer input for its price, if there is one (spec A4). */
export function quantitiesOf<A, F>(
  ar: Arithmetic<A, F>,
  price: Maybe<Price>,
  quantity: F,
  mapping: Maybe<PriceInputMapping>,
): Quantities<A, F> {
  const input = mapping && isVariablePrice(price) ? mappedInput(ar, price, mapping) : undefined;
  if (input === undefined) {
    const one = ar.one;
    return {
      quantity,
      multiplier: quantity,
      selection: one,
      selectionAmount: ar.fineNumber(1),
      mapped: false,
    };
  }
  return {
    quantity,
    multiplier: ar.asFactor(ar.mul(input, quantity)),
    selection: ar.asFactor(input),
    selectionAmount: ar.reread(input),
    mapped: true,
  };
}

/**
 * The customer input per billing period of the price. A mapping with only a frequency counts as 1, and the input of a
 * one-time price is taken as it is.
 */
function mappedInput<A, F>(
  ar: Arithmetic<A, F>,
  price: Maybe<Price>,
  mapping: PriceInputMapping,
): A | undefined {
  const value = mapping.value;
  if (typeof value !== 'number' && !mapping.frequency_unit) return undefined;
  const input = ar.fineNumber(typeof value === 'number' ? value : 1);
  if (price?.type === 'one_time' || !value) return input;
  return ar.convert(input, mapping.frequency_unit, price?.billing_period);
}

/**
 * The quantities of a price as plain numbers (spec A17). `quantityToSelectTier` is only present for prices that a
 * customer input can influence.
 */
export function computeQuantities(
  price: Maybe<Price>,
  quantity?: Maybe<number>,
  mapping?: Maybe<PriceInputMapping>,
): {
  safeQuantity: number;
  unitAmountMultiplier: number;
  isUsingPriceMappingToSelectTier: boolean;
  quantityToSelectTier?: number;
} {
  const ar = doubleArithmetic;
  const own = safeQuantity(quantity);
  const { multiplier, selection, mapped } = quantitiesOf(ar, price, ar.factor(own), mapping);
  return {
    safeQuantity: own,
    unitAmountMultiplier: ar.toNumber(multiplier),
    isUsingPriceMappingToSelectTier: mapped,
    ...(isVariablePrice(price) ? { quantityToSelectTier: ar.toNumber(selection) } : {}),
  };
}
