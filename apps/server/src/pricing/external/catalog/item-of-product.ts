import { BillingPeriods, type PriceItem } from '@busbar/pricing';
import { type Document, isDocument } from '../../../entities/index.ts';
import { couponAmounts, couponSnapshots, type Entry } from './coupon-snapshots.ts';
import { listIn, oneOf, requiredId, textIn, UnusableProduct } from './partner-fields.ts';
import { centsOf, type PartnerAmounts, readAmounts } from './price-amounts.ts';
import { metadataOf, productSnapshot } from './product-snapshot.ts';

const MOST_COMPONENTS = 200;
const TERMS = ['billing_duration', 'notice_time', 'termination_time', 'renewal_duration'] as const;
const TERM_UNITS = ['weeks', 'months', 'years'] as const;
const CURRENCY = /^[A-Za-z]{3}$/;

/** A priced item that stands for a partner's product, and carries its ids. */
export type PartnerItem = PriceItem & { readonly _id: string; readonly price_id: string };

/**
 * Maps a partner's product to a priced item (spec/pricing.md B20.6). Only what is known is taken over, so that nothing a partner sends reaches
 * browsers or orders unseen.
 * @throws UnusableProduct with the place and the problem
 */
export function itemOfProduct(product: Document, entry: Entry): PartnerItem {
  const snapshot = productSnapshot(product);
  const price = product['price'];
  if (!isDocument(price)) throw new UnusableProduct('product.price', 'must be an object');
  const priceId = requiredId(price, 'id', 'product.price');
  const currency = currencyOf(price);
  const metadata = metadataOf(product);
  const common = { product_id: String(snapshot['_id']), _product: snapshot };
  const components = listIn(price, 'price_components', MOST_COMPONENTS, 'product.price');
  const item =
    components.length === 0
      ? simpleItem(price, priceId, currency, entry, 'product.price')
      : compositeItem(price, priceId, currency, entry, components, common.product_id);
  return { ...item, ...common, ...(metadata.length > 0 ? { metadata } : {}) };
}

function compositeItem(
  price: Document,
  priceId: string,
  currency: string,
  entry: Entry,
  components: readonly Document[],
  productId: string,
): PartnerItem {
  const description = descriptionOf(price, 'product.price');
  const coupons = couponSnapshots(price, currency, entry, 'product.price');
  return {
    _id: priceId,
    price_id: priceId,
    is_composite_price: true,
    description,
    currency,
    pricing_model: 'per_unit',
    quantity: 1,
    item_components: components.map((component, index) => {
      const path = `product.price.price_components[${index}]`;
      const hasId = component['id'] !== undefined && component['id'] !== null;
      const id = hasId ? requiredId(component, 'id', path) : `${priceId}-component-${index}`;
      return { ...simpleItem(component, id, currency, entry, path), product_id: productId };
    }),
    ...(coupons.length > 0 ? { _coupons: coupons } : {}),
    _price: {
      ...priceSnapshot(price, priceId, currency, description, 'product.price'),
      is_composite_price: true,
    },
  };
}

function simpleItem(price: Document, id: string, currency: string, entry: Entry, path: string): PartnerItem {
  const read = readAmounts(price, path);
  const description = descriptionOf(price, path);
  const coupons = couponSnapshots(price, currency, entry, path);
  const type = oneOf(price, 'type', ['one_time', 'recurring'], path) ?? 'one_time';
  const period = oneOf(price, 'billing_period', [...BillingPeriods], path);
  if (type === 'recurring' && period === undefined)
    throw new UnusableProduct(`${path}.billing_period`, 'is required for a recurring price');
  const recurrence = { type, ...(type === 'recurring' ? { billing_period: period } : {}) };
  const amounts = written(read);
  return {
    _id: id,
    price_id: id,
    is_composite_price: false,
    description,
    currency,
    pricing_model: 'per_unit',
    quantity: 1,
    is_tax_inclusive: read.isTaxInclusive,
    ...recurrence,
    ...amounts,
    ...couponAmounts(price, coupons[0], { ...read.amounts }, path),
    taxes: [
      read.tax
        ? { tax: read.tax, amount: centsOf(read.amounts.amount_tax) }
        : { rate: 'nontaxable', rateValue: 0, amount: 0 },
    ],
    ...(coupons.length > 0 ? { _coupons: coupons } : {}),
    _price: {
      ...priceSnapshot(price, id, currency, description, path),
      ...recurrence,
      is_composite_price: false,
      is_tax_inclusive: read.isTaxInclusive,
      unit_amount: amounts.unit_amount,
      unit_amount_decimal: amounts.unit_amount_decimal,
    },
  };
}

function written({ amounts }: PartnerAmounts) {
  return {
    amount_total: centsOf(amounts.amount_total),
    amount_total_decimal: amounts.amount_total,
    amount_subtotal: centsOf(amounts.amount_subtotal),
    amount_subtotal_decimal: amounts.amount_subtotal,
    amount_tax: centsOf(amounts.amount_tax),
    unit_amount: centsOf(amounts.unit_amount),
    unit_amount_decimal: amounts.unit_amount,
    unit_amount_gross: centsOf(amounts.unit_amount_gross),
    unit_amount_gross_decimal: amounts.unit_amount_gross,
    unit_amount_net: centsOf(amounts.unit_amount_net),
    unit_amount_net_decimal: amounts.unit_amount_net,
  };
}

function priceSnapshot(
  price: Document,
  id: string,
  currency: string,
  description: string,
  path: string,
): Document {
  const unit = textIn(price, 'unit', path);
  return {
    _id: id,
    description,
    active: true,
    pricing_model: 'per_unit',
    price_display_in_journeys: 'show_price',
    unit_amount_currency: currency,
    ...(unit === undefined ? {} : { unit }),
    ...(typeof price['variable_price'] === 'boolean' ? { variable_price: price['variable_price'] } : {}),
    ...termsOf(price, path),
  };
}

/** How long a contract runs, and how it ends: whole numbers with a unit. */
function termsOf(price: Document, path: string): Document {
  const members = TERMS.flatMap((term) => {
    const amount = price[`${term}_amount`];
    const unit = oneOf(price, `${term}_unit`, TERM_UNITS, path);
    if (amount === undefined || amount === null) return [];
    if (typeof amount !== 'number' || !Number.isInteger(amount) || amount < 0)
      throw new UnusableProduct(`${path}.${term}_amount`, 'must be a whole number');
    return [[`${term}_amount`, amount] as const, ...(unit ? [[`${term}_unit`, unit] as const] : [])];
  });
  return Object.fromEntries(members);
}

function descriptionOf(price: Document, path: string): string {
  return textIn(price, 'name', path) ?? textIn(price, 'description', path) ?? '';
}

function currencyOf(price: Document): string {
  const currency = price['unit_amount_currency'] ?? price['currency'] ?? 'EUR';
  if (typeof currency === 'string' && CURRENCY.test(currency)) return currency.toUpperCase();
  throw new UnusableProduct('product.price.unit_amount_currency', 'must be an ISO 4217 code');
}
