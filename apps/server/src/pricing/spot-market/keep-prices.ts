import type { RecurringTask } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { asPriceDays, type SpotPriceSource } from './spot-price-source.ts';
import type { SpotPrices, StoredDay } from './spot-prices.ts';
import { BIDDING_ZONES, type BiddingZone, daysAfter, zoneDay } from './zone-time.ts';

const KEPT_DAYS = 400;
/** Days per request to a source. */
const DAYS_AT_ONCE = 31;
/** Sources correct their last days; a hole that is older stays. */
const HEALING_DAYS = 7;
const HEALING_PAUSE = 3_600_000;

/** What the task works with. */
interface PriceKeeper {
  readonly source: SpotPriceSource;
  readonly prices: SpotPrices;
  readonly clock: Clock;
  /** Told of every request that failed. */
  readonly report: (error: unknown) => void;
}

/**
 * Keeps the prices of the last 400 days and of tomorrow. A tick loads what is missing, newest first; what cannot be loaded is missing
 * still when the next tick comes a quarter of an hour later.
 */
export function keepSpotPrices(keeper: PriceKeeper): RecurringTask {
  return {
    name: 'spot-prices',
    interval: 900,
    async run(signal) {
      for (const zone of BIDDING_ZONES) await loadMissing(keeper, zone, signal);
    },
  };
}

async function loadMissing(keeper: PriceKeeper, zone: BiddingZone, signal: AbortSignal): Promise<void> {
  const { source, prices, clock, report } = keeper;
  const today = zoneDay(clock.now().getTime(), zone);
  const first = daysAfter(today, -KEPT_DAYS);
  const tomorrow = daysAfter(today, 1);
  const stored = await prices.storedDays(zone, first, tomorrow);
  for (const [from, to] of missingSpans(stored, first, tomorrow, clock.now())) {
    if (signal.aborted) return;
    try {
      const days = asPriceDays(await source.load(zone, from, to), zone, from, to);
      // An auction whose result is not out yet leaves no trace, so that the next tick asks for it.
      const known = days.filter((day) => day.day < today || day.prices.some((price) => price !== null));
      if (known.length > 0) await prices.save(zone, source.name, known, clock.now());
    } catch (error) {
      report(error);
    }
  }
}

/** Spans of days to load, newest first, none longer than a source is asked for at once. */
function missingSpans(
  stored: readonly StoredDay[],
  first: string,
  last: string,
  now: Date,
): [string, string][] {
  const healing = daysAfter(last, -HEALING_DAYS);
  const settled = new Set(
    stored
      .filter(
        ({ day, isComplete, importedAt }) =>
          isComplete || day < healing || now.getTime() - importedAt.getTime() < HEALING_PAUSE,
      )
      .map(({ day }) => day),
  );
  const spans: [string, string][] = [];
  for (let day = last; day >= first; day = daysAfter(day, -1)) {
    if (settled.has(day)) continue;
    const span = spans.at(-1);
    if (span && daysAfter(day, 1) === span[0] && daysAfter(day, DAYS_AT_ONCE) > span[1]) span[0] = day;
    else spans.push([day, day]);
  }
  return spans;
}
