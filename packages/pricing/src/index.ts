export { getAmountWithTax } from './arithmetic/amount-with-tax.ts';
export { normalizeTimeFrequency, normalizeValueToFrequencyUnit } from './arithmetic/normalize-frequency.ts';
export {
  BillingPeriods,
  TIME_FREQUENCY_NORMALIZATION_FACTORS,
  type TimeFrequency,
  type TimeFrequency as BillingPeriod,
} from './arithmetic/time-frequency.ts';
export { isPriceItemApproved, isRequiringApproval } from './catalog/approval.ts';
export { getRecurrencesWithEstimatedPrices } from './catalog/estimated-recurrences.ts';
export { extractGetAgConfig, type GetAgQuery } from './catalog/get-ag-config.ts';
export {
  extractCouponsFromItem,
  extractPricingEntitiesBySlug,
  type PricingEntities,
} from './catalog/pricing-entities.ts';
export { type ComputeOptions, computeAggregatedAndPriceTotals } from './compute-pricing-details.ts';
export { DEFAULT_CURRENCY, TaxRates } from './constants.ts';
export type { AppliedCoupon, Coupon, RedeemedPromo } from './contract/coupon.ts';
export type { PriceDynamicTariff } from './contract/dynamic-tariff.ts';
export type { AdditionalMarkup, PriceGetAg } from './contract/get-ag.ts';
export type { Price, Product } from './contract/price.ts';
export type {
  CompositePriceItem,
  CompositePriceItemDto,
  ExternalFeeMapping,
  PriceInputMapping,
  PriceItem,
  PriceItemDto,
} from './contract/price-item.ts';
export type {
  CashbackAmount,
  PricingDetails,
  RecurrenceAmount,
  RecurrenceAmountWithTax,
  TotalDetails,
} from './contract/pricing-details.ts';
export type { Tax, TaxAmount, TaxAmountBreakdown } from './contract/tax.ts';
export type { PriceTier, TierDetails } from './contract/tier.ts';
export { getCurrencySymbol } from './format/currency-symbol.ts';
export { addSeparatorToDineroString, omitTrailingDecimalZeros } from './format/decimal-text.ts';
export { type FormatAmountOptions, formatAmount, toIntegerAmount } from './format/format-amount.ts';
export {
  type FormatAmountFromStringOptions,
  formatAmountFromString,
  formatFeeAmountFromString,
} from './format/format-amount-from-string.ts';
export { parseDecimalValue } from './format/parse-decimal-value.ts';
export { computePriceDiff, type PriceDiff, type PriceDiffOptions } from './format/price-diff.ts';
export { formatPriceUnit, GENERIC_UNIT_DISPLAY_LABEL } from './format/price-unit.ts';
export { computeQuantities } from './item/quantities.ts';
export { getTaxValue } from './item/taxation.ts';
export { isVariablePrice, isVariablePriceItem } from './item/variable-price.ts';
export { Money, toDinero, toDineroFromInteger } from './money/money.ts';
export { PricingError, type PricingErrorCode } from './pricing-error.ts';
export { PricingModel } from './rate/rate-item.ts';
export { type CumulativeValue, computeCumulativeValue } from './tier/cumulative-value.ts';
export {
  type DisplayTier,
  getDisplayTierByQuantity,
  getDisplayTiersByQuantity,
} from './tier/display-tiers.ts';
export { getTierDescription, type TierDescriptionOptions } from './tier/tier-description.ts';
export type { Translate } from './tier/translate.ts';
