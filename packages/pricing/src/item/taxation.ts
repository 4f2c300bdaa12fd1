import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import { listOf } from '../contract/list.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { Price } from '../contract/price.ts';
import type { PriceItemDto } from '../contract/price-item.ts';
import type { Tax } from '../contract/tax.ts';

/** How an item is taxed: whether its amounts include the tax, and the factors of the rate. */
export interface Taxation<F> {
  readonly tax: Tax | undefined;
  readonly inclusive: boolean;
  readonly share: F;
  readonly withTax: F;
}

/**
 * The taxation of an item (spec A5): a tax on the item wins, an item tax entry without a tax means untaxed, else the
 * first tax of the price counts. Amounts are gross unless the item or the price says otherwise.
 */
export function taxationOf<A, F>(
  ar: Arithmetic<A, F>,
  item: PriceItemDto,
  price: Price | undefined,
): Taxation<F> {
  const tax = taxOf(item, price);
  const { share, withTax } = ar.taxFactors(ratePercent(tax));
  const inclusive = Boolean(item.is_tax_inclusive ?? price?.is_tax_inclusive ?? true);
  return { tax, inclusive, share, withTax };
}

function taxOf(item: PriceItemDto, price: Price | undefined): Tax | undefined {
  const own = listOf(item.taxes);
  if (own?.[0]?.tax) return own[0].tax;
  if (own !== undefined && own.length > 0) return undefined;
  return listOf<Tax>(price?.tax)?.[0] || undefined;
}

function ratePercent(tax: Maybe<Tax>): number {
  const rate = Number(tax?.rate) || 0;
  return Number.isFinite(rate) ? rate : 0;
}

/**
 * The rate of a tax as a fraction: 0.19 for 19 % (spec A1.4). A missing tax or an unreadable rate gives 0; of a list
 * of taxes the first counts.
 */
export function getTaxValue(tax?: Maybe<Tax | readonly Tax[]>): number {
  return ratePercent(firstTax(tax)) / 100;
}

function firstTax(tax: Maybe<Tax | readonly Tax[]>): Maybe<Tax> {
  return isTaxList(tax) ? tax[0] : tax;
}

function isTaxList(tax: Maybe<Tax | readonly Tax[]>): tax is readonly Tax[] {
  return Array.isArray(tax);
}
