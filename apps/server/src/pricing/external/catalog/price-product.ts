import { computeAggregatedAndPriceTotals, type PriceItem, type PricingDetails } from '@busbar/pricing';
import { type Document, isDocument } from '../../../entities/index.ts';
import { documentsOf } from '../../documents.ts';
import { decimalText } from '../decimal-text.ts';
import type { Entry } from './coupon-snapshots.ts';
import { itemOfProduct, type PartnerItem } from './item-of-product.ts';
import { amountIn, UnusableProduct } from './partner-fields.ts';
import { centsOf } from './price-amounts.ts';

/** Cents by which a partner's own totals may differ from ours. */
const TOLERANCE = 1;
const MOST_RECURRENCES = 50;

/** A partner's product with our totals. */
export interface PricedProduct {
  /** Contract schema `PricingDetails`, with one item. */
  readonly details: Document;
  /** Whether the partner's totals were others; its recurrences are then the ones shown. */
  readonly differs: boolean;
}

/**
 * Prices a partner's product: its amounts are read again and added up by our engine, as an order will do with them later (spec A14,
 * spec/pricing.md B20.6).
 * @throws UnusableProduct for what cannot be read, and for totals below zero; PricingError for what the engine refuses
 */
export function priceProduct(product: Document, entry: Entry): PricedProduct {
  const item = itemOfProduct(product, entry);
  const computed = computeAggregatedAndPriceTotals([
    {
      price_id: item.price_id,
      product_id: item.product_id ?? null,
      quantity: 1,
      is_composite_price: item.is_composite_price ?? false,
      pricing_model: 'per_unit',
      _price: item._price ?? null,
      _immutable_pricing_details: { items: [item] },
    },
  ]);
  if (computed.amount_total < 0)
    throw new UnusableProduct('product.price', 'must not cost less than nothing');
  const told = recurrencesOf(product);
  const differs = told.length > 0 && !agree(told, computed);
  const { items, total_details: totals, ...amounts } = computed;
  return {
    details: {
      items: [{ ...item, ...totalsOf(items[0]) }],
      ...amounts,
      total_details: differs ? { ...totals, breakdown: { ...totals.breakdown, recurrences: told } } : totals,
    },
    differs,
  };
}

/** The totals of a composite item, which the partner does not tell; those of a simple one are its own. */
function totalsOf(computed: PriceItem | undefined): Partial<PartnerItem> {
  if (computed?.is_composite_price !== true) return {};
  const { amount_subtotal, amount_subtotal_decimal, amount_total, amount_total_decimal, amount_tax } =
    computed;
  return {
    ...(amount_subtotal === undefined ? {} : { amount_subtotal }),
    ...(amount_subtotal_decimal === undefined ? {} : { amount_subtotal_decimal }),
    ...(amount_total === undefined ? {} : { amount_total }),
    ...(amount_total_decimal === undefined ? {} : { amount_total_decimal }),
    ...(amount_tax === undefined ? {} : { amount_tax }),
    ...(computed.total_details === undefined ? {} : { total_details: computed.total_details }),
  };
}

/** What a partner says about recurring and single amounts (contract schema `RecurrenceAmount`). */
interface ToldRecurrence {
  readonly type: 'one_time' | 'recurring';
  readonly billing_period?: string;
  readonly amount_total: number;
  readonly amount_total_decimal: string;
  readonly amount_subtotal: number;
  readonly amount_subtotal_decimal: string;
  readonly amount_tax: number;
}

function recurrencesOf(product: Document): ToldRecurrence[] {
  const price = isDocument(product['price']) ? product['price'] : {};
  const totals = isDocument(price['total_details']) ? price['total_details'] : {};
  const breakdown = isDocument(totals['breakdown']) ? totals['breakdown'] : {};
  return documentsOf(breakdown['recurrences'])
    .slice(0, MOST_RECURRENCES)
    .map((row, index) => readRecurrence(row, `product.price.total_details.breakdown.recurrences[${index}]`));
}

function readRecurrence(row: Document, path: string): ToldRecurrence {
  const total = amountIn(row, 'amount_total', path);
  if (total === undefined) throw new UnusableProduct(`${path}.amount_total_decimal`, 'is required');
  const subtotal = amountIn(row, 'amount_subtotal', path) ?? total;
  const period = row['billing_period'];
  const isRecurring = row['type'] === 'recurring';
  return {
    type: isRecurring ? 'recurring' : 'one_time',
    ...(isRecurring && typeof period === 'string' ? { billing_period: period } : {}),
    amount_total: centsOf(total),
    amount_total_decimal: total,
    amount_subtotal: centsOf(subtotal),
    amount_subtotal_decimal: subtotal,
    amount_tax: centsOf(decimalText(Number(total) - Number(subtotal))),
  };
}

/** Whether both tell the same amounts for the same periods, but for a cent. */
function agree(told: readonly ToldRecurrence[], { total_details: totals }: PricingDetails): boolean {
  const ours = totals.breakdown.recurrences;
  const keyOf = (row: { type?: unknown; billing_period?: unknown }) =>
    row.type === 'recurring' ? `every ${row.billing_period}` : 'once';
  const byKey = new Map(ours.map((row) => [keyOf(row), row.amount_total]));
  return (
    told.length === ours.length &&
    told.every((row) => Math.abs((byKey.get(keyOf(row)) ?? Number.NaN) - row.amount_total) <= TOLERANCE)
  );
}
