import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { PriceDynamicTariff } from '../contract/dynamic-tariff.ts';
import type { Price } from '../contract/price.ts';
import type { PriceTerms } from '../item/price-terms.ts';
import { amountsOfUnit, zeroAmounts } from './item-amounts.ts';
import { type NetAndGross, netAndGross } from './markup.ts';
import type { Rated } from './rated.ts';

/** The figures a dynamic tariff adds to its block. */
export interface DynamicTariffAmounts<A> {
  readonly block: PriceDynamicTariff;
  readonly unit: NetAndGross<A>;
  readonly markup: NetAndGross<A>;
}

/**
 * The market price from the fee mapping plus a markup, or a fixed average price in manual mode (spec A7.6). Market
 * prices are net; the markup is net or gross like the price. Costs nothing without a fee mapping, in either mode.
 */
export function rateDynamicTariff<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  price: Price,
): Rated<A, F> {
  const block = price.dynamic_tariff;
  if (!block || terms.fee === undefined) return unpriced(ar, block ?? {});
  return block.mode === 'manual'
    ? rateAveragePrice(ar, terms, block)
    : rateMarketPrice(ar, terms, block, terms.fee());
}

function rateAveragePrice<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  block: PriceDynamicTariff,
): Rated<A, F> {
  const average = ar.fine(block.average_price_decimal);
  const markup = netAndGross(ar, average, terms.taxation);
  return rated(ar, terms, average, { block, unit: { net: ar.zero, gross: ar.zero }, markup });
}

function rateMarketPrice<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  block: PriceDynamicTariff,
  marketNet: A,
): Rated<A, F> {
  const { taxation } = terms;
  const own = ar.fine(block.markup_amount_decimal);
  const marketGross = ar.mul(marketNet, taxation.withTax);
  const unit = ar.add(taxation.inclusive ? marketGross : marketNet, own);
  return rated(ar, terms, unit, {
    block,
    unit: { net: marketNet, gross: marketGross },
    markup: netAndGross(ar, own, taxation),
  });
}

function rated<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  unit: A,
  dynamicTariff: DynamicTariffAmounts<A>,
): Rated<A, F> {
  return {
    amounts: amountsOfUnit(ar, ar.reread(unit), terms.taxation, terms.quantities.multiplier),
    tierRows: undefined,
    tierDisplay: undefined,
    getAg: undefined,
    dynamicTariff,
  };
}

function unpriced<A, F>(ar: Arithmetic<A, F>, block: PriceDynamicTariff): Rated<A, F> {
  const nothing = { net: ar.zero, gross: ar.zero };
  return {
    amounts: zeroAmounts(ar),
    tierRows: undefined,
    tierDisplay: undefined,
    getAg: undefined,
    dynamicTariff: { block, unit: nothing, markup: nothing },
  };
}
