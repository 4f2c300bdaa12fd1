import type { Maybe } from '../contract/maybe.ts';
import type { Price } from '../contract/price.ts';
import type { PriceItemDto } from '../contract/price-item.ts';

/**
 * True if a customer input (price mapping) influences what this price costs (spec A4): tiered and dynamic prices
 * always, GetAG prices per kWh or with flat-fee markups, plain prices if they are marked as variable. Composite prices
 * and unknown models never.
 */
export function isVariablePrice(price: Maybe<Price>): boolean {
  if (!price || price.is_composite_price || Array.isArray(price.price_components)) return false;
  switch (price.pricing_model) {
    case 'tiered_volume':
    case 'tiered_graduated':
    case 'tiered_flatfee':
    case 'dynamic_tariff':
      return true;
    case 'external_getag':
      return isVariableGetAg(price);
    case 'per_unit':
    case '':
    case null:
    case undefined:
      return Boolean(price.variable_price);
    default:
      return false;
  }
}

function isVariableGetAg(price: Price): boolean {
  const block = price.get_ag;
  if (block?.type === 'work_price') return true;
  return block?.type === 'base_price' && block.markup_pricing_model === 'tiered_flatfee';
}

/** True if a customer input influences what this item costs; false for items without a price snapshot. */
export function isVariablePriceItem(item: PriceItemDto): boolean {
  return isVariablePrice(item._price);
}
