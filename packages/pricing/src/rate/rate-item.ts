import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { PriceTerms } from '../item/price-terms.ts';
import { rateDynamicTariff } from './dynamic-tariff.ts';
import { rateExternalGetAg } from './external-getag.ts';
import { ratePerUnit } from './per-unit.ts';
import type { Rated } from './rated.ts';
import { rateTieredFlatFee } from './tiered-flat-fee.ts';
import { rateTieredGraduated } from './tiered-graduated.ts';
import { rateTieredVolume } from './tiered-volume.ts';

/** The pricing models of the contract (PricingModel). */
export const PricingModel = {
  perUnit: 'per_unit',
  tieredVolume: 'tiered_volume',
  tieredGraduated: 'tiered_graduated',
  tieredFlatFee: 'tiered_flatfee',
  dynamicTariff: 'dynamic_tariff',
  externalGetAG: 'external_getag',
} as const;

/** Rates an item by the model of its price; no price and unknown models are rated per unit (spec A7). */
export function rateItem<A, F>(ar: Arithmetic<A, F>, terms: PriceTerms<A, F>): Rated<A, F> {
  const price = terms.price;
  switch (price?.pricing_model) {
    case PricingModel.tieredVolume:
      return rateTieredVolume(ar, terms, price);
    case PricingModel.tieredFlatFee:
      return rateTieredFlatFee(ar, terms, price);
    case PricingModel.tieredGraduated:
      return rateTieredGraduated(ar, terms, price);
    case PricingModel.dynamicTariff:
      return rateDynamicTariff(ar, terms, price);
    case PricingModel.externalGetAG:
      return rateExternalGetAg(ar, terms, price);
    default:
      return ratePerUnit(ar, terms);
  }
}
