import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import { DEFAULT_CURRENCY } from '../constants.ts';
import { listOf } from '../contract/list.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { Price } from '../contract/price.ts';
import type { ExternalFeeMapping, PriceInputMapping, PriceItemDto } from '../contract/price-item.ts';
import { PricingError } from '../pricing-error.ts';
import { type Quantities, quantitiesOf } from './quantities.ts';
import { type Taxation, taxationOf } from './taxation.ts';

/** Everything a pricing model needs to know about an item, resolved from the item, its price and its mappings. */
export interface PriceTerms<A, F> {
  readonly price: Price | undefined;
  readonly item: PriceItemDto;
  readonly currency: string;
  readonly taxation: Taxation<F>;
  readonly quantities: Quantities<A, F>;
  /** Gives the net fee from outside per billing period; undefined if there is none. Throws INVALID_DECIMAL. */
  readonly fee: (() => A) | undefined;
}

/** The item that carries the mappings: a simple item itself, the parent of a component. */
export type MappingSource = Pick<PriceItemDto, 'price_mappings' | 'external_fees_mappings'>;

/** Resolves the terms of a simple item (spec A4, A5). Throws FEE_WITHOUT_PRICE for fee mappings nothing can match. */
export function termsOfItem<A, F>(ar: Arithmetic<A, F>, item: PriceItemDto, quantity: F): PriceTerms<A, F> {
  const price = item._price ?? undefined;
  const fees = listOf(item.external_fees_mappings);
  if (!price && fees !== undefined && fees.length > 0) {
    throw new PricingError('FEE_WITHOUT_PRICE', 'External fees need a price snapshot they belong to.');
  }
  const mapping = price && listOf(item.price_mappings)?.find((entry) => entry.price_id === price._id);
  return terms(ar, item, price, quantity, mapping, fees);
}

/** Resolves the terms of a component: the mappings are those of its parent, found by price id (spec A4, A5). */
export function termsOfComponent<A, F>(
  ar: Arithmetic<A, F>,
  component: PriceItemDto,
  quantity: F,
  parent: MappingSource,
): PriceTerms<A, F> {
  const price = component._price ?? undefined;
  const mapping = listOf(parent.price_mappings)?.find(
    (entry) => entry.price_id === component.price_id || entry.price_id === price?._id,
  );
  return terms(ar, component, price, quantity, mapping, listOf(parent.external_fees_mappings));
}

function terms<A, F>(
  ar: Arithmetic<A, F>,
  item: PriceItemDto,
  price: Price | undefined,
  quantity: F,
  mapping: Maybe<PriceInputMapping>,
  fees: readonly ExternalFeeMapping[] | undefined,
): PriceTerms<A, F> {
  return {
    price,
    item,
    currency: (price?.unit_amount_currency || DEFAULT_CURRENCY).toUpperCase(),
    taxation: taxationOf(ar, item, price),
    quantities: quantitiesOf(ar, price, quantity, mapping),
    fee: fees && price ? feeOf(ar, item, price, fees) : undefined,
  };
}

/**
 * The fee for the price, converted into the billing period. Unlike input mappings, periods may be in upper case here.
 * Without a billing period the text stays as it is and is only read by a model that charges the fee (spec A5), so that
 * what nobody uses cannot fail. Throws INVALID_DECIMAL for a text that has to be converted.
 */
function feeOf<A, F>(
  ar: Arithmetic<A, F>,
  item: PriceItemDto,
  price: Price,
  fees: readonly ExternalFeeMapping[],
): (() => A) | undefined {
  const entry = fees.find((fee) => fee.price_id === price._id);
  const text = entry?.amount_total_decimal;
  if (!text) return undefined;
  const period = item.billing_period || price.billing_period;
  if (!period) return () => ar.fine(text);
  const amount = ar.convert(ar.fine(text), entry.frequency_unit?.toLowerCase(), period.toLowerCase());
  const converted = ar.reread(amount);
  return () => converted;
}
