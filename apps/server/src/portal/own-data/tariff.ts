import {
  computeAggregatedAndPriceTotals,
  normalizeValueToFrequencyUnit,
  type Price,
  type PriceItem,
} from '@busbar/pricing';
import { type Document, type Entity, isDocument, relatedIds } from '../../entities/index.ts';
import { type BiddingZone, priceCart } from '../../pricing/index.ts';
import { Refusal } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { divideRounded, toPico } from './decimal.ts';

/** What a contract's energy costs, without tax, in whole 10^-12 currency units. */
export interface Tariff {
  /** Per kWh; of dynamic tariffs what comes on top of the market price. */
  readonly perKwh: bigint;
  /** Whether the market price of every hour is added. */
  readonly followsMarket: boolean;
  readonly perMonth: bigint;
  readonly currency: string;
  /** Percent. */
  readonly taxRate: number;
  readonly zone: BiddingZone;
}

/** The yearly consumption of a contract in kWh; asked only where a price depends on it. */
export type YearlyConsumption = () => Promise<number>;

/**
 * The tariff of a contract: that of its line items, otherwise of the active price options of the products it names, priced by our engine.
 * Prices per kWh are the work price, other recurring prices the base price. Tiers are chosen by the yearly consumption. Undefined when there
 * is no price per kWh that is known here, as with prices of a partner.
 */
export async function tariffOf(
  queries: TenantQueries,
  contract: Entity,
  yearlyConsumption: YearlyConsumption,
): Promise<Tariff | undefined> {
  const parts = (await pricedItems(queries, contract)).flatMap(componentsOf);
  const energy = parts.flatMap(({ _price: price }) => (price && isEnergyPrice(price) ? [price] : []));
  const [main] = energy;
  if (!main) return undefined;
  const yearly = energy.some(({ tiers }) => tiers) ? Math.max(1, Math.round(await yearlyConsumption())) : 1;
  return {
    perKwh: energy.reduce((sum, price) => sum + netPerKwh(price, yearly), 0n),
    followsMarket: energy.some(({ dynamic_tariff: dynamic }) => dynamic?.mode === 'day_ahead_market'),
    perMonth: parts.filter(isBasePrice).reduce((sum, part) => sum + netPerMonth(part), 0n),
    currency: main.unit_amount_currency ?? 'EUR',
    taxRate: taxRateOf(main),
    zone: bidsInAustria(contract) ? 'AT' : 'DE-LU',
  };
}

async function pricedItems(queries: TenantQueries, contract: Entity): Promise<readonly PriceItem[]> {
  const { line_items: own } = contract.doc;
  const items = Array.isArray(own) ? own.filter(isDocument) : [];
  const lineItems = items.length > 0 ? items : await itemsOfProducts(queries, contract.id);
  try {
    const { details } = await priceCart(queries, { lineItems, redeemedPromos: [] });
    return details.items ?? [];
  } catch (error) {
    // What an ERP wrote into a contract may name prices that are gone; the customer then has no known tariff.
    if (error instanceof Refusal && error.status === 400) return [];
    throw error;
  }
}

async function itemsOfProducts(queries: TenantQueries, contractId: string): Promise<Document[]> {
  const follow = (ids: readonly string[], schema: string) =>
    relatedIds(queries, ids, { schema, direction: 'direct' });
  const products = await follow([contractId], 'product');
  const prices = await follow(
    products.map(({ id }) => id),
    'price',
  );
  return prices.map(({ from, id }) => ({ product_id: from, price_id: id, quantity: 1 }));
}

function componentsOf(item: PriceItem): readonly PriceItem[] {
  return item.is_composite_price === true ? (item.item_components ?? []) : [item];
}

function isEnergyPrice(price: Price): boolean {
  const isPartners = price.pricing_model === 'external_getag';
  return !isPartners && (price.unit?.toLowerCase() === 'kwh' || price.pricing_model === 'dynamic_tariff');
}

function isBasePrice({ _price: price, type }: PriceItem): boolean {
  const kind = price?.type ?? type;
  return price !== undefined && price !== null && kind === 'recurring' && !isEnergyPrice(price);
}

/**
 * What the engine charges for one kWh, net. Tiers are chosen by, and averaged over, the yearly consumption. A market price of nothing leaves
 * what a dynamic tariff adds to it.
 */
function netPerKwh(price: Price, yearly: number): bigint {
  const id = price._id ?? '';
  const isTiered = Boolean(price.tiers);
  const input = {
    price_id: id,
    value: isTiered ? yearly : 1,
    frequency_unit: isTiered ? 'yearly' : price.billing_period,
  };
  const { items } = computeAggregatedAndPriceTotals(
    [
      {
        ...{ quantity: 1, _price: { ...price, _id: id }, price_id: id, price_mappings: [input] },
        ...{ pricing_model: price.pricing_model, type: price.type, billing_period: price.billing_period },
        ...{ unit_amount: price.unit_amount, unit_amount_decimal: price.unit_amount_decimal },
        is_tax_inclusive: price.is_tax_inclusive,
        external_fees_mappings: [{ price_id: id, amount_total: 0, amount_total_decimal: '0' }],
      },
    ],
    { arithmetic: 'exact' },
  );
  const net = items?.[0]?.amount_subtotal_decimal ?? '0';
  if (!isTiered) return toPico(net);
  return divideRounded(
    toPico(normalizeValueToFrequencyUnit(net, price.billing_period, 'yearly')),
    BigInt(yearly),
  );
}

function netPerMonth(part: PriceItem): bigint {
  const period = part._price?.billing_period ?? part.billing_period ?? 'monthly';
  const perPeriod = part.amount_subtotal_decimal ?? '0';
  return toPico(normalizeValueToFrequencyUnit(perPeriod, period, 'monthly'));
}

function taxRateOf({ tax }: Price): number {
  const [first] = Array.isArray(tax) ? tax : [];
  const rate = Math.round(Number(isDocument(first) ? first['rate'] : 0));
  return Number.isFinite(rate) ? rate : 0;
}

function bidsInAustria({ doc }: Entity): boolean {
  const [address] = Array.isArray(doc['delivery_address']) ? doc['delivery_address'] : [];
  return isDocument(address) && address['country'] === 'AT';
}
