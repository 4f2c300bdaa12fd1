import type { Operations } from '../contract/operation-types.ts';
import { computeOperations } from './compute/compute-operations.ts';
import type { PricingPlatform } from './platform.ts';
import { promoCodeOperations } from './promo-codes/promo-code-operations.ts';

export type { PricingPlatform } from './platform.ts';
export type { AvailabilityFilters, FindAvailableProducts } from './product-availability.ts';

/** The operations of the Pricing API. */
export function pricingOperations(platform: PricingPlatform): Operations<'pricing'> {
  return { ...computeOperations(), ...promoCodeOperations(platform) };
}
