import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { AdditionalMarkup, PriceGetAg } from '../contract/get-ag.ts';
import type { Price } from '../contract/price.ts';
import type { PriceTerms } from '../item/price-terms.ts';
import { chosenTier, tiersOf } from './choose-tier.ts';
import { amountsOfUnit, type ItemAmounts, zeroAmounts } from './item-amounts.ts';
import { type NetAndGross, netAndGross } from './markup.ts';
import type { Rated } from './rated.ts';
import { type TierRow, unitTierRow } from './tier-row.ts';
import { flatFeeRow } from './tiered-flat-fee.ts';

/** An additional markup with its computed figures; they are missing if it was not used. */
export interface RatedMarkup<A> {
  readonly markup: AdditionalMarkup;
  readonly amount: { readonly net: A | undefined; readonly gross: A | undefined } | undefined;
}

/** The figures GetAG pricing adds to its block. */
export interface GetAgAmounts<A> {
  readonly block: PriceGetAg;
  /** The regulated fee per unit. */
  readonly fee: NetAndGross<A>;
  readonly markup: NetAndGross<A>;
  readonly markupTotal: NetAndGross<A>;
  /** The markup in use, from its tier or from the block; undefined if nothing was computed. */
  readonly markupSource: { readonly amount: number; readonly decimal: string } | undefined;
  readonly additional: ReadonlyMap<string, RatedMarkup<A>> | undefined;
}

/**
 * Regulated fees from the fee mapping plus the supplier's markups (spec A7.7). Fees are always net. A work price
 * spreads the fee over the consumption, a base price takes it as it is and ignores the quantity. Costs nothing without
 * a fee, a GetAG block or consumption.
 */
export function rateExternalGetAg<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  price: Price,
): Rated<A, F> {
  const block = price.get_ag;
  const { selection } = terms.quantities;
  if (!block || terms.fee === undefined || ar.compare(selection, 0) === 0) return unpriced(ar, block ?? {});

  const { withTax } = terms.taxation;
  const row = markupRow(ar, terms, block);
  const markup = row
    ? { net: row.unitNet, gross: row.unitGross }
    : netAndGross(ar, ar.fine(block.markup_amount_decimal), terms.taxation);
  const additional = additionalMarkups(ar, terms, block);
  const markupTotal = totalMarkup(ar, markup, additional);

  const fee = terms.fee();
  const feeNet = block.type === 'base_price' ? fee : ar.div(fee, selection);
  const unitNet = ar.add(feeNet, markupTotal.net);
  const unitGross = ar.mul(unitNet, withTax);
  return {
    amounts: getAgAmounts(ar, terms, block, unitNet, unitGross),
    tierRows: undefined,
    tierDisplay: undefined,
    dynamicTariff: undefined,
    getAg: {
      block,
      fee: { net: feeNet, gross: ar.mul(feeNet, withTax) },
      markup,
      markupTotal,
      markupSource: {
        amount: (row ? row.unitAmount : block.markup_amount) || 0,
        decimal: (row ? row.unitAmountDecimal : block.markup_amount_decimal) || '0',
      },
      additional,
    },
  };
}

function getAgAmounts<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  block: PriceGetAg,
  unitNet: A,
  unitGross: A,
): ItemAmounts<A> {
  const times = block.type === 'base_price' ? ar.one : terms.quantities.multiplier;
  return {
    unit: undefined,
    unitNet,
    unitGross,
    subtotal: ar.mul(unitNet, times),
    total: ar.mul(unitGross, times),
    tax: ar.mul(ar.sub(unitGross, unitNet), times),
  };
}

/** The details of the tier that decides the markup, if the markup is tiered. A flat fee is added to every unit. */
function markupRow<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  block: PriceGetAg,
): TierRow<A, F> | undefined {
  const model = block.markup_pricing_model;
  if (!block.markup_tiers || (model !== 'tiered_volume' && model !== 'tiered_flatfee')) return undefined;
  const { selection } = terms.quantities;
  const tier = chosenTier(ar, tiersOf(block.markup_tiers), selection);
  if (model === 'tiered_volume') return unitTierRow(ar, tier, terms.taxation, selection);
  const fee = amountsOfUnit(ar, ar.fine(tier.flat_fee_amount_decimal), terms.taxation, ar.one);
  return flatFeeRow(ar, tier, selection, fee);
}

function additionalMarkups<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  block: PriceGetAg,
): ReadonlyMap<string, RatedMarkup<A>> | undefined {
  if (block.type !== 'work_price' || !block.additional_markups_enabled || !block.additional_markups)
    return undefined;
  const rated = new Map<string, RatedMarkup<A>>();
  for (const [name, markup] of Object.entries(block.additional_markups)) {
    rated.set(name, { markup, amount: netAndGross(ar, ar.fine(markup.amount_decimal), terms.taxation) });
  }
  return rated;
}

function totalMarkup<A, F>(
  ar: Arithmetic<A, F>,
  markup: NetAndGross<A>,
  additional: ReadonlyMap<string, RatedMarkup<A>> | undefined,
): NetAndGross<A> {
  let { net, gross } = markup;
  for (const { amount } of additional?.values() ?? []) {
    net = ar.add(net, amount?.net ?? ar.zero);
    gross = ar.add(gross, amount?.gross ?? ar.zero);
  }
  return { net, gross };
}

function unpriced<A, F>(ar: Arithmetic<A, F>, block: PriceGetAg): Rated<A, F> {
  const nothing = { net: ar.zero, gross: ar.zero };
  return {
    amounts: zeroAmounts(ar),
    tierRows: undefined,
    tierDisplay: undefined,
    dynamicTariff: undefined,
    getAg: {
      block,
      fee: nothing,
      markup: nothing,
      markupTotal: nothing,
      markupSource: undefined,
      additional: undefined,
    },
  };
}
