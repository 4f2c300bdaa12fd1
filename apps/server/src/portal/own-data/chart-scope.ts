import type { Interval, Period } from '../../pricing/index.ts';
import { invalid } from '../../refusal.ts';

/** What a chart shows: a period, cut into intervals. */
export interface ChartScope extends Period {
  readonly interval: Interval | 'custom';
}

const DAY = 86_400_000;
/** About 9,000 records at the most, as for market prices (spec/pricing.md B10). Five and twenty years contain leap days. */
const LONGEST_DAYS: Readonly<Record<ChartScope['interval'], number>> = {
  ...{ PT15M: 92, PT1H: 366, P1D: 1827, P1M: 7305, P1Y: 36_525, custom: 36_525 },
};

/** The period and interval of a request. @throws Refusal 400 for periods that are too long for the interval */
export function chartScope(from: string, to: string, interval: ChartScope['interval']): ChartScope {
  const scope = { from: Date.parse(from), to: Date.parse(to), interval };
  const longest = LONGEST_DAYS[interval];
  if (scope.to - scope.from > longest * DAY + DAY / 24)
    throw invalid({ path: 'query.to', message: `must be within ${longest} days of from for ${interval}` });
  return scope;
}

/** Whether the first and last reading of each day are enough to draw an interval. */
export function isByDay(interval: ChartScope['interval']): boolean {
  return interval === 'P1D' || interval === 'P1M' || interval === 'P1Y';
}
