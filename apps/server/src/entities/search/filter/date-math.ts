import { instantToLocal, localToUtc, type Moment, readTimeSpan } from '../compile/instant-bound.ts';

/** Around what a text like `now-1d/d` is computed. */
export interface DateMathGround {
  /** UTC. */
  readonly now: Date;
  /** UTC offset or IANA name in which days, months and years are counted; UTC when it is missing. */
  readonly timeZone?: string | undefined;
  /** Whether `/d` and its like mean the last millisecond of the unit instead of the first: `lte` and `gt` of a range. */
  readonly roundsUp: boolean;
  /** Turns the date before `||` into ISO 8601. */
  readonly written?: ((text: string) => string) | undefined;
}

/** A text that wants to be date math and is none. */
export class DateMathError extends Error {}

const LONGEST = 100;
const MOST_STEPS = 10;
const STEP = /([+-])(\d{0,6})([yMwdhHms])|\/([yMwdhHms])/y;
const EARLIEST = Date.parse('0100-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
const SECONDS: Readonly<Record<string, number>> = { h: 3_600, H: 3_600, m: 60, s: 1 };

/**
 * The instant (ISO 8601, UTC) that date math of Elasticsearch means: `now` or a date before `||`, then steps such as `-1d`, `+2M` and roundings
 * such as `/d`; units are y, M, w (from Monday), d, h, m, s. Days and longer are calendar units in the time zone, and the end of a month is not
 * passed. Texts that are no date math come back as they are.
 * @throws DateMathError for date math that cannot be read or leads beyond the years 100 to 9999
 */
export function resolveDateMath(text: string, ground: DateMathGround): string {
  const bar = text.indexOf('||');
  const isMath = bar >= 0 || /^now(?![A-Za-z0-9_])/.test(text);
  if (!isMath) return text;
  if (text.length > LONGEST) throw new DateMathError(`has more than ${LONGEST} characters`);
  const steps = text.slice(bar >= 0 ? bar + 2 : 'now'.length);
  const zone = ground.timeZone ?? 'UTC';
  if (bar < 0) return computed(ground.now.getTime(), steps, zone, ground.roundsUp);
  const anchor = ground.written ? ground.written(text.slice(0, bar)) : text.slice(0, bar);
  const span = readTimeSpan(anchor, zone);
  if (!span) throw new DateMathError('has no date before ||');
  return steps === '' ? anchor : computed(span.start, steps, zone, ground.roundsUp);
}

function computed(start: number, steps: string, zone: string, roundsUp: boolean): string {
  let instant = start;
  let at = 0;
  for (let count = 0; at < steps.length; count += 1) {
    if (count === MOST_STEPS) throw new DateMathError(`has more than ${MOST_STEPS} steps`);
    STEP.lastIndex = at;
    const match = STEP.exec(steps);
    if (!match) throw new DateMathError('is no date math such as now-1d/d');
    const [all, sign, amount, unit = '', rounding] = match;
    at += all.length;
    if (rounding === undefined)
      instant = moved(instant, Number(amount || 1) * (sign === '-' ? -1 : 1), unit, zone);
    else instant = rounded(instant, rounding, zone, roundsUp);
    if (!(instant >= EARLIEST && instant <= LATEST))
      throw new DateMathError('leads beyond the years 100 to 9999');
  }
  return new Date(instant).toISOString();
}

function moved(instant: number, amount: number, unit: string, zone: string): number {
  const seconds = SECONDS[unit];
  if (seconds !== undefined) return instant + amount * seconds * 1_000;
  const local = instantToLocal(instant, zone);
  if (unit === 'd' || unit === 'w') {
    return localToUtc({ ...local, day: local.day + amount * (unit === 'w' ? 7 : 1) }, zone);
  }
  const months = local.year * 12 + local.month - 1 + amount * (unit === 'y' ? 12 : 1);
  const [year, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return localToUtc({ ...local, year, month, day: Math.min(local.day, lastDay) }, zone);
}

function rounded(instant: number, unit: string, zone: string, up: boolean): number {
  const start = startOf(instantToLocal(instant, zone), unit);
  return up ? moved(localToUtc(start, zone), 1, unit, zone) - 1 : localToUtc(start, zone);
}

function startOf(local: Moment, unit: string): Moment {
  const second = { ...local, millisecond: 0 };
  if (unit === 's') return second;
  const minute = { ...second, second: 0 };
  if (unit === 'm') return minute;
  const hour = { ...minute, minute: 0 };
  if (unit === 'h' || unit === 'H') return hour;
  const day = { ...hour, hour: 0 };
  if (unit === 'd') return day;
  if (unit === 'w') {
    const weekday = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
    return { ...day, day: day.day - ((weekday + 6) % 7) };
  }
  const month = { ...day, day: 1 };
  return unit === 'M' ? month : { ...month, month: 1 };
}
