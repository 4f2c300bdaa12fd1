import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { PriceTier } from '../contract/tier.ts';
import { PricingError } from '../pricing-error.ts';

/** The tiers of a price: missing means none. Throws INVALID_ITEM if there is something else than a list. */
export function tiersOf(tiers: Maybe<readonly PriceTier[]>): readonly PriceTier[] {
  if (tiers === undefined) return [];
  if (!Array.isArray(tiers)) throw new PricingError('INVALID_ITEM', 'The tiers of a price must be a list.');
  return tiers;
}

/**
 * The tiers a selection quantity reaches, in order (spec A7.2): the first from 0 on, every other one as soon as the
 * quantity is above the upper bound of the tier before it. A negative quantity reaches none.
 */
export function reachedTiers<A, F>(
  ar: Arithmetic<A, F>,
  tiers: readonly PriceTier[],
  selection: F,
): readonly PriceTier[] {
  return tiers.filter((_, index) =>
    index === 0 ? ar.compare(selection, 0) >= 0 : ar.compare(selection, tiers[index - 1]?.up_to || 0) > 0,
  );
}

/** What stands in for a tier where none is reached: it costs nothing, and details show it as a row of zeros. */
const NO_TIER: PriceTier = {};

/** The one tier that applies to the whole quantity: the last one reached, or an empty one. */
export function chosenTier<A, F>(ar: Arithmetic<A, F>, tiers: readonly PriceTier[], selection: F): PriceTier {
  return reachedTiers(ar, tiers, selection).at(-1) ?? NO_TIER;
}
