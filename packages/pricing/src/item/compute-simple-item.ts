import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { Price } from '../contract/price.ts';
import type { PriceItem, PriceItemDto } from '../contract/price-item.ts';
import type { TaxAmount } from '../contract/tax.ts';
import { applyCoupon, type CouponEffect } from '../coupon/apply-coupon.ts';
import { chosenCoupon, type ValidCoupon } from '../coupon/select-coupons.ts';
import { rateItem } from '../rate/rate-item.ts';
import type { Rated, TierDisplay } from '../rate/rated.ts';
import { broughtCashback, broughtDiscount, raw } from './brought-amounts.ts';
import { cleanPrice, cleanProduct, type PriceSnapshot } from './clean-snapshot.ts';
import { withoutDerivedAmounts } from './derived-amounts.ts';
import type { FineItem } from './fine-item.ts';
import { type PriceTerms, termsOfItem } from './price-terms.ts';
import { safeQuantity } from './quantities.ts';
import { writeAmounts, writeCashback, writeDiscount } from './write-amounts.ts';
import { dynamicTariffBlockOf, scaleBroughtDynamicTariff } from './write-dynamic-tariff.ts';
import { getAgBlockOf, scaleBroughtGetAg } from './write-get-ag.ts';
import { scaleBroughtTiers, tierDetailsOf } from './write-tiers.ts';

/** Prices a simple item (spec A4 to A10). `unlocked` holds the ids of coupons whose promo codes were redeemed. */
export function computeSimpleItem<A, F>(
  ar: Arithmetic<A, F>,
  sent: PriceItemDto,
  unlocked: ReadonlySet<string>,
): FineItem<A> {
  const item = withoutDerivedAmounts(sent);
  const quantity = ar.factor(safeQuantity(item.quantity));
  return priceItem(ar, item, termsOfItem(ar, item, quantity), unlocked);
}

/** Prices an item whose terms are resolved: rates it, applies its coupon and puts the result together. */
export function priceItem<A, F>(
  ar: Arithmetic<A, F>,
  item: PriceItemDto,
  terms: PriceTerms<A, F>,
  unlocked: ReadonlySet<string>,
): FineItem<A> {
  const rated = rateItem(ar, terms);
  const coupon = chosenCoupon(item._coupons, unlocked);
  const effect = applyCoupon(ar, coupon, rated, terms);
  return assemble(ar, item, terms, rated, effect, coupon);
}

/** Puts the result of a simple item together: what was sent, then the computed keys (spec A9, A10). */
function assemble<A, F>(
  ar: Arithmetic<A, F>,
  item: PriceItemDto,
  terms: PriceTerms<A, F>,
  rated: Rated<A, F>,
  effect: CouponEffect<A>,
  coupon: ValidCoupon | undefined,
): FineItem<A> {
  const { price, taxation } = terms;
  const { amounts } = effect;
  const output: PriceItem = { ...item };
  amounts.unit ??= raw(ar, output.unit_amount);
  const discount = effect.discount ?? broughtDiscount(ar, output);
  const cashback = effect.cashback ?? broughtCashback(ar, output);
  output.currency = terms.currency;
  output.is_tax_inclusive = taxation.inclusive;
  output.taxes = [taxAmountOf(terms, ar.cents(amounts.tax))];
  output._price = price ? priceSnapshotOf(price, rated.tierDisplay) : {};
  writeAmounts(ar, output, amounts);
  writeTerms(output, item, price);
  if (discount) writeDiscount(ar, output, discount);
  if (effect.discountPercentage !== undefined) output.discount_percentage = effect.discountPercentage;
  if (cashback) writeCashback(ar, output, cashback);
  if (effect.cashback) output.cashback_period = coupon?.cashback_period ?? '0';
  if (item._coupons) output._coupons = coupon ? [coupon] : [];
  if (item._product) output._product = cleanProduct(item._product);
  if (rated.tierDisplay) writeTierDisplay(output, rated.tierDisplay);
  writeModelDetails(ar, output, rated);
  return { output, amounts, discount, cashback, coupon };
}

function taxAmountOf<A, F>(terms: PriceTerms<A, F>, amount: number): TaxAmount {
  const { tax } = terms.taxation;
  return tax ? { tax, amount } : { rate: 'nontaxable', rateValue: 0, amount };
}

/** Type, billing period and description: the item's own, else those of the price (spec A5, A9). */
function writeTerms(output: PriceItem, item: PriceItemDto, price: Price | undefined): void {
  const type: Maybe<string> = item.type ?? price?.type;
  if (type !== undefined) output.type = type;
  else if (item.type === null) delete output.type;
  if (type === 'recurring') {
    const period = item.billing_period ?? price?.billing_period;
    if (period !== undefined) output.billing_period = period;
    else if (item.billing_period === null) delete output.billing_period;
  }
  const description = item.description ?? price?.description;
  if (description) output.description = description;
}

/** The price in the result remembers the mode it was shown in before a tier hid it (spec A7.5). */
function priceSnapshotOf(price: Price, display: TierDisplay | undefined): PriceSnapshot {
  const snapshot = cleanPrice(price);
  if (display?.mode) {
    const shown = price.unchanged_price_display_in_journeys ?? price.price_display_in_journeys;
    if (shown !== undefined) snapshot.unchanged_price_display_in_journeys = shown;
    else delete snapshot.unchanged_price_display_in_journeys;
    snapshot.price_display_in_journeys = display.mode;
  }
  return snapshot;
}

function writeTierDisplay(output: PriceItem, display: TierDisplay): void {
  if (display.mode != null) output.price_display_in_journeys = display.mode;
  else if ('price_display_in_journeys' in output) delete output.price_display_in_journeys;
}

/** Tier rows and model blocks: the computed ones, else brought ones that the scaling step treats alike (spec A10). */
export function writeModelDetails<A, F>(
  ar: Arithmetic<A, F>,
  output: PriceItem,
  rated: Pick<Rated<A, F>, 'tierRows' | 'getAg' | 'dynamicTariff'> | undefined,
): void {
  if (rated?.tierRows) output.tiers_details = tierDetailsOf(ar, rated.tierRows);
  else if (Array.isArray(output.tiers_details)) {
    output.tiers_details = scaleBroughtTiers(ar, output.tiers_details);
  }
  if (rated?.getAg) output.get_ag = getAgBlockOf(ar, rated.getAg);
  else if (output.get_ag && hasModel(output, 'external_getag')) {
    output.get_ag = scaleBroughtGetAg(ar, output.get_ag);
  }
  if (rated?.dynamicTariff) output.dynamic_tariff = dynamicTariffBlockOf(ar, rated.dynamicTariff);
  else if (output.dynamic_tariff && hasModel(output, 'dynamic_tariff')) {
    output.dynamic_tariff = scaleBroughtDynamicTariff(ar, output.dynamic_tariff);
  }
}

function hasModel(item: PriceItem, model: string): boolean {
  return item.pricing_model === model || item._price?.pricing_model === model;
}
