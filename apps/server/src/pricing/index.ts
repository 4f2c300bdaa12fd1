import type { Operations } from '../contract/operation-types.ts';
import type { RecurringTask } from '../jobs/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';
import type { Availability } from './availability/availability.ts';
import { availabilityOperations } from './availability/availability-operations.ts';
import { cartOperations } from './cart/cart-operations.ts';
import { catalogOperations } from './catalog/catalog-operations.ts';
import { computeOperations } from './compute/compute-operations.ts';
import { externalOperations } from './external/external-operations.ts';
import { orderOperations } from './orders/order-operations.ts';
import { forgetOldRequests } from './orders/order-requests.ts';
import type { PricingPlatform } from './platform.ts';
import { promoCodeOperations } from './promo-codes/promo-code-operations.ts';
import { recommendationOperations } from './recommendations/recommendation-operations.ts';
import { keepSpotPrices } from './spot-market/keep-prices.ts';
import { spotMarketOperations } from './spot-market/spot-market-operations.ts';
import type { SpotPriceSource } from './spot-market/spot-price-source.ts';
import { SpotPrices } from './spot-market/spot-prices.ts';

export { Availability } from './availability/availability.ts';
export { priceCart } from './compute/compute-cart.ts';
export { componentRoutes as externalCatalogRoutes } from './external/catalog/component-routes.ts';
export { promoUseListener } from './orders/promo-use-listener.ts';
export type { PricingPlatform } from './platform.ts';
export { type Bucket, bucketsOf, type Interval } from './spot-market/buckets.ts';
export { spotPriceSource } from './spot-market/choose-source.ts';
export { meanPrice, type Period, type PricePoint } from './spot-market/price-points.ts';
export { SpotPrices } from './spot-market/spot-prices.ts';
export { type BiddingZone, startOfZoneDay } from './spot-market/zone-time.ts';

/** The operations of the Pricing API. */
export function pricingOperations(
  ground: Omit<PricingPlatform, 'availableProducts'>,
  availability: Availability,
): Operations<'pricing'> {
  const platform = { ...ground, availableProducts: availability.availableProducts };
  return {
    ...computeOperations(platform),
    ...orderOperations(platform),
    ...cartOperations(platform),
    ...catalogOperations(platform),
    ...availabilityOperations(platform, availability),
    ...promoCodeOperations(platform),
    ...spotMarketOperations(platform),
    ...externalOperations(platform),
    ...recommendationOperations(platform),
  };
}

/** What the installation does for pricing again and again. */
export function pricingRecurring(platform: {
  readonly database: Database;
  readonly clock: Clock;
  /** Where market prices come from; undefined: nobody loads any. */
  readonly spotPriceSource: SpotPriceSource | undefined;
  readonly report: (error: unknown) => void;
}): readonly RecurringTask[] {
  const { database, clock, spotPriceSource: source, report } = platform;
  const prices = new SpotPrices(database.system);
  return [
    forgetOldRequests(database, clock),
    ...(source ? [keepSpotPrices({ source, prices, clock, report })] : []),
  ];
}
