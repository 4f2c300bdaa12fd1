import type { Egress } from '../../ports/index.ts';
import { awattar } from './awattar-source.ts';
import { demoSource } from './demo-source.ts';
import { energyCharts } from './energy-charts-source.ts';
import { entsoe } from './entsoe-source.ts';
import type { SpotPriceSource } from './spot-price-source.ts';

/** What the settings say about market prices. */
interface SpotMarketSettings {
  readonly mode: 'development' | 'production';
  readonly spotMarket: 'auto' | 'off' | 'demo' | 'entsoe' | 'energy-charts' | 'awattar';
  /** Security token of the ENTSO-E Transparency Platform. */
  readonly entsoeToken?: string | undefined;
}

/** The source of market prices that the settings ask for; undefined: none. */
export function spotPriceSource(
  { mode, spotMarket, entsoeToken }: SpotMarketSettings,
  egress: Egress,
): SpotPriceSource | undefined {
  if (spotMarket === 'energy-charts') return energyCharts(egress);
  if (spotMarket === 'awattar') return awattar(egress);
  if (spotMarket === 'demo') return demoSource;
  if (spotMarket === 'off') return undefined;
  if (entsoeToken !== undefined) return entsoe(egress, entsoeToken);
  return mode === 'development' ? demoSource : undefined;
}
