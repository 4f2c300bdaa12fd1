import { doubleArithmetic } from '../arithmetic/double-arithmetic.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { Tax } from '../contract/tax.ts';
import type { PriceTier } from '../contract/tier.ts';
import { formatAmountFromString } from '../format/format-amount-from-string.ts';
import { taxationOf } from '../item/taxation.ts';
import { reachedTiers } from '../rate/choose-tier.ts';
import { unitTierRow } from '../rate/tier-row.ts';
import { sliceOf } from '../rate/tiered-graduated.ts';
import { hasNamedUnit, onRequestText, type Translate } from './translate.ts';

/** How a graduated total is to be shown. */
export interface CumulativeValueOptions {
  readonly showStartsAt?: boolean | undefined;
  /** Say that the price is on request if a tier that is reached says so. */
  readonly showOnRequest?: boolean | undefined;
}

/** A graduated total as localized texts: gross, net, per unit, and tier by tier. */
export interface CumulativeValue {
  readonly total: string;
  readonly totalWithPrecision: string;
  readonly average: string;
  readonly subtotal: string;
  readonly subtotalWithPrecision: string;
  readonly subAverage: string;
  readonly breakdown: readonly {
    readonly quantityUsed: string;
    readonly tierAmountDecimal: string;
    readonly totalAmountDecimal: string;
  }[];
}

/**
 * What a quantity costs under graduated tiers, written out (spec A17). The net amount of a gross price is taken from
 * the total of each tier, not from its unit amount, and so has fewer rounding steps than in a cart. Undefined without tiers and for a negative
 * quantity; a text if the price is on request. Throws INVALID_TIERS and INVALID_DECIMAL.
 */
export function computeCumulativeValue(
  tiers: Maybe<readonly PriceTier[]>,
  quantity: number,
  unit: Maybe<string>,
  locale: string,
  currency: Maybe<string>,
  t: Translate,
  isTaxInclusive = true,
  options: CumulativeValueOptions = {},
  tax?: Maybe<Tax>,
): CumulativeValue | string | undefined {
  if (!tiers?.length || quantity < 0) return undefined;
  const ar = doubleArithmetic;
  const selection = ar.factor(quantity);
  const reached = reachedTiers(ar, tiers, selection);
  if (options.showOnRequest && reached.some((tier) => tier.display_mode === 'on_request'))
    return onRequestText(t);

  const taxation = taxationOf(ar, { is_tax_inclusive: isTaxInclusive, taxes: [{ tax }] }, undefined);
  const rows = reached.map((tier, index) => {
    const lower = index === 0 ? 0 : tiers[index - 1]?.up_to;
    return unitTierRow(ar, tier, taxation, sliceOf(ar, tier, lower, selection, ar.fineNumber(quantity)));
  });
  const total = rows.reduce((sum, row) => ar.add(sum, row.total), ar.zero);
  const netOf = (row: { subtotal: number; total: number }): number =>
    taxation.inclusive ? ar.div(row.total, taxation.withTax) : row.subtotal;
  const subtotal = rows.reduce((sum, row) => ar.add(sum, netOf(row)), ar.zero);

  const per = ar.factor(quantity || 1);
  const unitText = hasNamedUnit(unit)
    ? t(`selectvalues.Price.unit.${unit}`, { ns: 'entity', defaultValue: unit })
    : '';
  const perUnit = unitText === '' ? '' : `/${unitText}`;
  const startsAt = options.showStartsAt
    ? `${t('starts_at', { ns: 'entity', defaultValue: 'Starts at' })} `
    : '';
  const text = (amount: number, useRealPrecision: boolean): string =>
    formatAmountFromString({
      decimalAmount: ar.text(amount),
      currency: currency || undefined,
      locale,
      useRealPrecision,
      enableSubunitDisplay: true,
    });
  return {
    total: startsAt + text(total, false),
    totalWithPrecision: startsAt + text(total, true),
    average: text(ar.div(total, per), false) + perUnit,
    subtotal: startsAt + text(subtotal, false),
    subtotalWithPrecision: startsAt + text(subtotal, true),
    subAverage: text(ar.div(subtotal, per), false) + perUnit,
    breakdown: rows.map((row) => ({
      quantityUsed: `${new Intl.NumberFormat(locale).format(ar.toNumber(row.quantity))} ${unitText}`,
      tierAmountDecimal: text(row.unitGross, true) + perUnit,
      totalAmountDecimal: text(row.total, true),
    })),
  };
}
