import type { Operations } from '../../contract/operation-types.ts';
import { documentsOf } from '../documents.ts';
import type { PricingPlatform } from '../platform.ts';
import { Signatures } from '../signature.ts';
import { priceSentCart } from './compute-cart.ts';

/** Pricing without storing anything (spec/pricing.md B1); any staff or API token may compute (identity §4). */
export function computeOperations(platform: PricingPlatform): Operations<'pricing'> {
  const signatures = new Signatures(platform);
  return {
    async $calculatePricingDetails({ tenant, body }) {
      const cart = {
        lineItems: documentsOf(body?.line_items),
        redeemedPromos: documentsOf(body?.redeemed_promos),
      };
      const { details } = await priceSentCart(tenant, cart, signatures);
      return details;
    },
  };
}
