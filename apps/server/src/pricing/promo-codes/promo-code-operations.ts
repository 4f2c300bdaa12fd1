import type { Operations } from '../../contract/operation-types.ts';
import { findEntities } from '../../entities/index.ts';
import { countAttempt, type RateLimit } from '../../identity/index.ts';
import type { Clock } from '../../ports/index.ts';
import { publicView } from '../entity-views.ts';
import { invalidPayload } from '../invalid-payload.ts';
import { unlocks } from './promo-code.ts';

const MOST = 100;
/** Codes can be guessed, so an address has few guesses. */
const GUESSES: RateLimit = { surface: 'promo-codes', limit: 30, seconds: 60 };

/** Finding the coupons that promo codes unlock (spec/pricing.md B7). Nothing is used up here. */
export function promoCodeOperations({ clock }: { readonly clock: Clock }): Operations<'pricing'> {
  return {
    async $validatePromoCodes({ tenant, body, ip }) {
      const { coupon_ids: ids = [], promo_codes: codes = [] } = body;
      for (const [name, list] of Object.entries({ coupon_ids: ids, promo_codes: codes })) {
        if (list.length > MOST)
          throw invalidPayload('Invalid payload', `body.${name}: has more than ${MOST} items`);
      }
      await countAttempt(tenant, GUESSES, ip, clock.now());
      const coupons = (await findEntities(tenant, ids)).filter(({ schema }) => schema === 'coupon');
      const matched = coupons.filter(({ doc }) => codes.some((code) => unlocks(doc, code)));
      return { matched_coupons: matched.map(publicView).filter((coupon) => coupon !== undefined) };
    },
  };
}
