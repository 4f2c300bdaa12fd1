import { type Document, isDocument } from '../../entities/index.ts';
import type { Refusal } from '../../refusal.ts';
import { documentsOf } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';

/** A code that unlocks a coupon (contract schema `PromoCode`). */
export interface PromoCode {
  readonly id: string;
  readonly code: string;
  /** How often it may be used in all; undefined without a limit. */
  readonly limit: number | undefined;
  /** How often it has been used. */
  readonly used: number;
}

/** The promo codes of a stored coupon with their use so far (spec/pricing.md A1.6, B7). Entries without id or code are left out. */
function promoCodesOf(coupon: Document): PromoCode[] {
  const usage = isDocument(coupon['promo_code_usage']) ? coupon['promo_code_usage'] : {};
  return documentsOf(coupon['promo_codes']).flatMap((promo) => {
    const { id, code, has_usage_limit: isLimited, usage_limit: limit } = promo;
    if (typeof id !== 'string' || typeof code !== 'string') return [];
    const used = Object.hasOwn(usage, id) ? Number(usage[id]) || 0 : 0;
    return [{ id, code, limit: isLimited === true && typeof limit === 'number' ? limit : undefined, used }];
  });
}

/** The promo code of a coupon that equals a text a customer typed, whether or not it is used up. Blanks around it do not count. */
export function findPromoCode(coupon: Document, text: string): PromoCode | undefined {
  const wanted = text.trim();
  return promoCodesOf(coupon).find(({ code }) => wanted !== '' && code.trim() === wanted);
}

/** Whether a promo code has been used as often as it may be. */
export function isUsedUp({ limit, used }: PromoCode): boolean {
  return limit !== undefined && used >= limit;
}

/** Whether a text unlocks a coupon: the coupon is active and wants a code, and the code is its own and not used up (spec/pricing.md B7). */
export function unlocks(coupon: Document, text: string): boolean {
  if (coupon['active'] === false || !coupon['requires_promo_code']) return false;
  const promo = findPromoCode(coupon, text);
  return promo !== undefined && !isUsedUp(promo);
}

/** 400: the code exists and may not be used again (spec/pricing.md B2.8). */
export function promoCodeUsedUp(code: string): Refusal {
  return invalidPayload('promo code usage limit reached', `redeemed_promos: ${code}`, 'PROMO_CODE_USED_UP');
}
