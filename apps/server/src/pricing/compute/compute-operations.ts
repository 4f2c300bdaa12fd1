import type { Operations } from '../../contract/operation-types.ts';
import { documentsOf } from '../documents.ts';
import { priceCart } from './compute-cart.ts';

/** Pricing without storing anything (spec/pricing.md B1); any staff or API token may compute (identity §4). */
export function computeOperations(): Operations<'pricing'> {
  return {
    async $calculatePricingDetails({ tenant, body }) {
      const { details } = await priceCart(tenant, {
        lineItems: documentsOf(body?.line_items),
        redeemedPromos: documentsOf(body?.redeemed_promos),
      });
      return details;
    },
  };
}
