import type { Document } from '../../entities/index.ts';
import { textOf } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';
import { findPromoCode, isUsedUp, promoCodeUsedUp, unlocks } from '../promo-codes/promo-code.ts';
import { couponIdsOf } from '../promo-codes/redemptions.ts';
import type { CatalogSnapshots } from './catalog-snapshots.ts';

/**
 * Checks the redeemed promo codes of a public caller again (spec/pricing.md B0.4.5): each code must unlock every coupon it names. The coupons
 * in the answer are ours, not those that were sent.
 * @throws Refusal 400 `PROMO_CODE_NOT_VALID`, `PROMO_CODE_USED_UP`
 */
export function readPublicPromos(promos: readonly Document[], catalog: CatalogSnapshots): Document[] {
  return promos.map((promo, index) => {
    const code = textOf(promo['code']) ?? '';
    const coupons = couponIdsOf([promo]).map((id) => {
      const stored = catalog.storedCoupon(id);
      const promo = stored && findPromoCode(stored, code);
      if (promo && isUsedUp(promo)) throw promoCodeUsedUp(code);
      return stored && unlocks(stored, code) ? catalog.coupon(id) : undefined;
    });
    const known = coupons.filter((coupon) => coupon !== undefined);
    if (known.length === 0 || known.length < coupons.length) {
      throw invalidPayload(
        `promo code not valid: ${code}`,
        `redeemed_promos[${index}]`,
        'PROMO_CODE_NOT_VALID',
      );
    }
    return { code, coupons: known };
  });
}
