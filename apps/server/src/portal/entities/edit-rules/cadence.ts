import type { EditRule, PeriodType } from './edit-rule.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const FIXED: Readonly<Partial<Record<PeriodType, number>>> = {
  minutes: MINUTE,
  hours: 60 * MINUTE,
  days: DAY,
  weeks: 7 * DAY,
};

/** Whether a change is blocked now, and until when. */
export type Cadence =
  | { readonly isBlocked: false }
  | { readonly isBlocked: true; readonly nextAllowedAt: Date };

type CadenceRule = Pick<EditRule, 'period' | 'periodType' | 'changesAllowed' | 'gracePeriod'>;

/**
 * At most `changesAllowed` changes per period (spec/portal.md §5.7 `cadence`). Changes within the grace period of a session's first change
 * are corrections of it. Instants are UTC, months and years are calendar months and years with the day clamped.
 * @param history instants of accepted changes, in any order
 */
export function judgeCadence(rule: CadenceRule, history: readonly Date[], now: Date): Cadence {
  const grace = rule.gracePeriod * DAY;
  const starts = sessionStarts(history, grace);
  const ends = starts
    .map((start) => addPeriod(start, rule.period, rule.periodType))
    .filter((end) => end > now);
  if (ends.length < rule.changesAllowed) return { isBlocked: false };
  const latest = starts.at(-1);
  if (latest && now.getTime() <= latest.getTime() + grace) return { isBlocked: false };
  const nextAllowedAt = ends[0];
  // A rule that allows no change at all never opens again by itself.
  return nextAllowedAt
    ? { isBlocked: true, nextAllowedAt }
    : { isBlocked: true, nextAllowedAt: addPeriod(now, rule.period, rule.periodType) };
}

/** The first instants of the sessions that a history falls into, in time order. */
function sessionStarts(history: readonly Date[], grace: number): Date[] {
  const starts: Date[] = [];
  for (const change of [...history].sort((a, b) => a.getTime() - b.getTime())) {
    const current = starts.at(-1);
    if (!current || change.getTime() > current.getTime() + grace) starts.push(change);
  }
  return starts;
}

/** An instant some periods later; 31 January plus a month is the last day of February at the same UTC time. */
export function addPeriod(start: Date, periods: number, type: PeriodType): Date {
  const fixed = FIXED[type];
  if (fixed !== undefined) return new Date(start.getTime() + periods * fixed);
  const months = start.getUTCMonth() + (type === 'years' ? 12 * periods : periods);
  const moved = new Date(start);
  moved.setUTCMonth(months, 1);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(start.getUTCDate(), lastDay));
  return moved;
}
