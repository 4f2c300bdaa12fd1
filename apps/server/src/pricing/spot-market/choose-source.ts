import { demoSource } from './demo-source.ts';
import type { SpotPriceSource } from './spot-price-source.ts';

/** What the settings say about market prices. */
interface SpotMarketSettings {
  readonly mode: 'development' | 'production';
  readonly spotMarket: 'auto' | 'off' | 'demo';
}

/** The source of market prices that the settings ask for; undefined: none. */
export function spotPriceSource({ mode, spotMarket }: SpotMarketSettings): SpotPriceSource | undefined {
  const chosen = spotMarket === 'auto' && mode === 'development' ? 'demo' : spotMarket;
  return chosen === 'demo' ? demoSource : undefined;
}
