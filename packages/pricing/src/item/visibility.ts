import type { Maybe } from '../contract/maybe.ts';
import type { Price } from '../contract/price.ts';
import type { PriceItem } from '../contract/price-item.ts';
import type { FineItem } from './fine-item.ts';

const ON_REQUEST = 'show_as_on_request';

/** True if a simple item is only shown on request and therefore needs approval to count (spec A13). */
export function isHidden(output: PriceItem, sentPrice: Maybe<Price>): boolean {
  return (output._price?.price_display_in_journeys ?? sentPrice?.price_display_in_journeys) === ON_REQUEST;
}

/** True if the composite item or any of its components is only shown on request (spec A13). */
export function isCompositeHidden<A>(output: PriceItem, components: readonly FineItem<A>[]): boolean {
  return (
    output._price?.price_display_in_journeys === ON_REQUEST ||
    components.some((component) => component.output._price?.price_display_in_journeys === ON_REQUEST)
  );
}
