export { computeAggregatedAndPriceTotals } from './compute-pricing-details.ts';
export { PricingError } from './pricing-error.ts';
