import { doubleArithmetic } from '../arithmetic/double-arithmetic.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { PriceTier } from '../contract/tier.ts';
import { formatAmountFromString } from '../format/format-amount-from-string.ts';
import { hasNamedUnit, onRequestText, type Translate } from './translate.ts';

/** How a tier is to be described. */
export interface TierDescriptionOptions {
  /** Leave the "starts at" away with false. */
  readonly showStartsAt?: boolean | undefined;
  /** Say that a tier is on request instead of naming its price. */
  readonly showOnRequest?: boolean | undefined;
  readonly enableSubunitDisplay?: boolean | undefined;
  readonly precision?: number | undefined;
}

/** The tax of a tier; `rate` is a percentage. An inclusive tax is taken off before the price is shown. */
export interface TierTax {
  readonly isInclusive?: Maybe<boolean>;
  readonly rate?: Maybe<number>;
}

/**
 * Describes the price of a tier, such as "Starts at 0,30 €/kWh" (spec A17). Undefined without a model, a tier or an
 * integer amount in it. Throws INVALID_DECIMAL.
 */
export function getTierDescription(
  pricingModel: Maybe<string>,
  tier: Maybe<PriceTier>,
  unit: Maybe<string>,
  locale: string,
  currency: Maybe<string>,
  t: Translate,
  options: TierDescriptionOptions = {},
  tax?: Maybe<TierTax>,
): string | undefined {
  if (!pricingModel || !tier) return undefined;
  const flatFee = pricingModel === 'tiered_flatfee';
  const cents = flatFee ? tier.flat_fee_amount : tier.unit_amount;
  if (typeof cents !== 'number') return undefined;
  if (options.showOnRequest && tier.display_mode === 'on_request') return onRequestText(t);

  const decimal = (flatFee ? tier.flat_fee_amount_decimal : tier.unit_amount_decimal) ?? undefined;
  const amount = formatAmountFromString({
    decimalAmount: tax?.isInclusive ? withoutTax(decimal, tax) : decimal,
    precision: options.precision,
    useRealPrecision: options.precision === undefined,
    currency: currency || undefined,
    locale,
    enableSubunitDisplay: options.enableSubunitDisplay,
  });
  const startsAt =
    options.showStartsAt === false ? '' : `${t('starts_at', { ns: '', defaultValue: 'Starts at' })} `;
  const perUnit =
    !flatFee && hasNamedUnit(unit) ? `/${t(`selectvalues.Price.unit.${unit}`, { ns: 'entity' })}` : '';
  return `${startsAt}${amount}${perUnit}`;
}

function withoutTax(decimal: string | undefined, tax: TierTax): string {
  const ar = doubleArithmetic;
  const { withTax } = ar.taxFactors(tax.rate || 0);
  return ar.text(ar.div(ar.fine(decimal), withTax));
}
