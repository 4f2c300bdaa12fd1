import type { RecurringTask } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { demoSource } from './demo-source.ts';
import { nativeMinutes } from './native-resolution.ts';
import { asPriceDays, type SpotPriceSource } from './spot-price-source.ts';
import type { PriceDay, SpotPrices, StoredDay } from './spot-prices.ts';
import { BIDDING_ZONES, type BiddingZone, daysAfter, zoneDay } from './zone-time.ts';

const KEPT_DAYS = 400;
/** Days per request to a source. */
const DAYS_AT_ONCE = 31;
/** Sources correct their last days: holes there are asked for by the hour, older ones by the day. */
const HEALING_DAYS = 7;
const HEALING_PAUSE = 3_600_000;
const OLD_PAUSE = 24 * HEALING_PAUSE;
/** After as many failures in a row a source is left alone until the next tick. */
const MOST_FAILURES = 2;

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
 * still when the next tick comes a quarter of an hour later. Prices of another source stay unless they are invented, coarser than the
 * exchanges trade, or incomplete.
 */
export function keepSpotPrices(keeper: PriceKeeper): RecurringTask {
  return {
    name: 'spot-prices',
    interval: 900,
    async run(signal) {
      for (const zone of BIDDING_ZONES) {
        if (keeper.source.name !== demoSource.name) await keeper.prices.forget(zone, demoSource.name);
        await loadMissing(keeper, zone, signal);
      }
    },
  };
}

async function loadMissing(keeper: PriceKeeper, zone: BiddingZone, signal: AbortSignal): Promise<void> {
  const { source, prices, clock, report } = keeper;
  const tomorrow = daysAfter(zoneDay(clock.now().getTime(), zone), 1);
  const first = daysAfter(tomorrow, -KEPT_DAYS - 1);
  const stored = new Map((await prices.storedDays(zone, first, tomorrow)).map((day) => [day.day, day]));
  let failures = 0;
  for (const [from, to] of missingSpans(stored, source, first, tomorrow, clock.now())) {
    if (signal.aborted || failures === MOST_FAILURES) return;
    try {
      await store(keeper, zone, asPriceDays(await source.load(zone, from, to), zone, from, to), stored);
      failures = 0;
    } catch (error) {
      failures += 1;
      report(error);
    }
  }
}

async function store(
  { source, prices, clock }: PriceKeeper,
  zone: BiddingZone,
  loaded: readonly PriceDay[],
  stored: ReadonlyMap<string, StoredDay>,
): Promise<void> {
  const now = clock.now();
  const today = zoneDay(now.getTime(), zone);
  // An auction whose result is not out yet leaves no trace, so that the next tick asks for it.
  const known = loaded.filter((day) => day.day < today || day.prices.some((price) => price !== null));
  const better = known.filter((day) => isNoWorse(day, stored.get(day.day)));
  if (better.length > 0) await prices.save(zone, source.name, better, now);
  const worse = known.filter((day) => !better.includes(day)).map(({ day }) => day);
  if (worse.length > 0) await prices.noteAsked(zone, worse, now);
}

/** Whether a day that was loaded may take the place of what is stored: it has no fewer prices, and none that hold for longer. */
function isNoWorse({ minutes, prices }: PriceDay, stored: StoredDay | undefined): boolean {
  if (!stored) return true;
  const isEmpty = stored.missingMinutes >= prices.length * minutes;
  const missing = prices.filter((price) => price === null).length * minutes;
  return isEmpty || (minutes <= stored.minutes && missing <= stored.missingMinutes);
}

/** Whether a source need not be asked for a stored day. */
function isSettled(stored: StoredDay, source: SpotPriceSource, healing: string, now: Date): boolean {
  const isCoarse = stored.minutes > nativeMinutes(stored.day) && stored.source !== source.name;
  if (stored.missingMinutes === 0 && !isCoarse) return true;
  return now.getTime() - stored.importedAt.getTime() < (stored.day < healing ? OLD_PAUSE : HEALING_PAUSE);
}

/** Spans of days to load, newest first, none longer than a source is asked for at once. */
function missingSpans(
  stored: ReadonlyMap<string, StoredDay>,
  source: SpotPriceSource,
  first: string,
  last: string,
  now: Date,
): [string, string][] {
  const healing = daysAfter(last, -HEALING_DAYS);
  const spans: [string, string][] = [];
  for (let day = last; day >= first; day = daysAfter(day, -1)) {
    const known = stored.get(day);
    if (known && isSettled(known, source, healing, now)) continue;
    const span = spans.at(-1);
    if (span && daysAfter(day, 1) === span[0] && daysAfter(day, DAYS_AT_ONCE) > span[1]) span[0] = day;
    else spans.push([day, day]);
  }
  return spans;
}
