import type { Operations } from '../../contract/operation-types.ts';
import type { Clock, SecretBox } from '../../ports/index.ts';
import { Refusal } from '../../refusal.ts';
import type { Database } from '../../storage/index.ts';
import { Signatures } from '../signature.ts';
import { bucketPrices } from './buckets.ts';
import { readPeriod } from './period.ts';
import { meanPrice } from './price-points.ts';
import { SpotPrices } from './spot-prices.ts';

/** What the operations on market prices are built on. */
interface SpotMarketPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly secrets: SecretBox;
}

/** Prices of the electricity exchanges, as series and as signed averages (spec/pricing.md B10, B11). */
export function spotMarketOperations(platform: SpotMarketPlatform): Operations<'pricing'> {
  const prices = new SpotPrices(platform.database.system);
  const signatures = new Signatures(platform);
  return {
    async $historicMarketPrices({ parameters }) {
      const { market, bidding_zone: zone, frequency } = parameters;
      const period = readPeriod(parameters, zone, frequency);
      const buckets = bucketPrices(await prices.points(zone, period), period, frequency, zone);
      if (buckets.length === 0) throw noPrices();
      return {
        market,
        bidding_zone: zone,
        prices: buckets.map(({ start, price }) => ({ ...price, timestamp: new Date(start).toISOString() })),
      };
    },

    async $averageMarketPrice({ parameters, tenant }) {
      const { market, bidding_zone: zone } = parameters;
      // One number, whatever the period: as long as the longest series.
      const period = readPeriod(parameters, zone, 'P1M');
      const mean = meanPrice(await prices.points(zone, period), period);
      if (!mean) throw noPrices();
      const price = { ...mean, timestamp: `${second(period.from)}/${second(period.to - 1)}` };
      return signatures.signed(tenant.org, 'average-market-price', { market, bidding_zone: zone, price });
    },
  };
}

function second(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

function noPrices(): Refusal {
  return new Refusal(404, 'NO_PRICES', 'No prices for date range found');
}
