import type { Egress } from '../../ports/index.ts';
import { demoSource } from './demo-source.ts';
import type { SpotPriceSource } from './spot-price-source.ts';
import { awattar, energyCharts } from './web-sources.ts';

/** What the settings say about market prices. */
interface SpotMarketSettings {
  readonly mode: 'development' | 'production';
  readonly spotMarket: 'auto' | 'off' | 'demo' | 'energy-charts' | 'awattar';
}

/** The source of market prices that the settings ask for; undefined: none. */
export function spotPriceSource(
  { mode, spotMarket }: SpotMarketSettings,
  egress: Egress,
): SpotPriceSource | undefined {
  if (spotMarket === 'energy-charts') return energyCharts(egress);
  if (spotMarket === 'awattar') return awattar(egress);
  return spotMarket === 'demo' || (spotMarket === 'auto' && mode === 'development') ? demoSource : undefined;
}
