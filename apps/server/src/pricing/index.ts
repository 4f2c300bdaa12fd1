import type { Operations } from '../contract/operation-types.ts';
import type { RecurringTask } from '../jobs/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';
import { cartOperations } from './cart/cart-operations.ts';
import { catalogOperations } from './catalog/catalog-operations.ts';
import { computeOperations } from './compute/compute-operations.ts';
import { credentialsOperations } from './external/credentials-operations.ts';
import { orderOperations } from './orders/order-operations.ts';
import { forgetOldRequests } from './orders/order-requests.ts';
import type { PricingPlatform } from './platform.ts';
import { promoCodeOperations } from './promo-codes/promo-code-operations.ts';
import { recommendationOperations } from './recommendations/recommendation-operations.ts';

export type { PricingPlatform } from './platform.ts';

/** The operations of the Pricing API. */
export function pricingOperations(platform: PricingPlatform): Operations<'pricing'> {
  return {
    ...computeOperations(),
    ...orderOperations(platform),
    ...cartOperations(platform),
    ...catalogOperations(platform),
    ...promoCodeOperations(platform),
    ...credentialsOperations(platform),
    ...recommendationOperations(platform),
  };
}

/** What the installation does for pricing again and again. */
export function pricingRecurring(database: Database, clock: Clock): readonly RecurringTask[] {
  return [forgetOldRequests(database, clock)];
}
