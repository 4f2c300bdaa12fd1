import type { Price } from '../contract/price.ts';
import type { PriceTier } from '../contract/tier.ts';
import type { TierDisplay } from './rated.ts';

/**
 * How a tiered price is shown once a tier is reached (spec A7.5): on request if the tier says so, else as the price was
 * shown before an earlier computation hid it.
 */
export function tierDisplayOf(price: Price, tier: PriceTier): TierDisplay {
  const onRequest = tier.display_mode === 'on_request';
  return { mode: onRequest ? 'show_as_on_request' : price.unchanged_price_display_in_journeys };
}
