/** The span of time that a written date stands for, in milliseconds since 1970 UTC; a date without a time is a whole day. */
export interface TimeSpan {
  readonly start: number;
  /** The last millisecond that still belongs to it. */
  readonly end: number;
}

const WRITTEN =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/;
const MINUTE = 60_000;

/**
 * Reads a date such as `2024-01`, `2024-01-05` or `2024-01-05T10:00Z`. What is missing widens the span, as in Elasticsearch: `lte 2024-01-05`
 * includes the whole day. Dates without an offset are read in `timeZone` (UTC when it is missing). Answers undefined for everything else.
 */
export function readTimeSpan(text: string, timeZone = 'UTC'): TimeSpan | undefined {
  const match = WRITTEN.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day, hour, minute, second, fraction, offset] = match;
  const start = {
    year: Number(year),
    month: Number(month),
    day: Number(day ?? 1),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    millisecond: Math.floor(Number(`0.${fraction ?? 0}`) * 1000),
  };
  if (!isOnCalendar(start)) return undefined;
  const end = { ...start };
  if (day === undefined) end.month += 1;
  else if (hour === undefined) end.day += 1;
  else if (second === undefined) end.minute += 1;
  else if (fraction === undefined) end.second += 1;
  else end.millisecond += 1;
  const toUtc = (local: Moment) => localToUtc(local, offset ?? timeZone);
  return { start: toUtc(start), end: toUtc(end) - 1 };
}

/** A point in time as clocks and calendars of a place show it; `month` counts from 1, and what is beyond its unit runs over into the next one. */
export interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

function isOnCalendar(moment: Moment): boolean {
  const lastDay = new Date(Date.UTC(moment.year, moment.month, 0)).getUTCDate();
  return (
    moment.year >= 100 &&
    moment.month >= 1 &&
    moment.month <= 12 &&
    moment.day >= 1 &&
    moment.day <= lastDay &&
    moment.hour <= 23 &&
    moment.minute <= 59 &&
    moment.second <= 59
  );
}

/** The instant (milliseconds since 1970 UTC) of a local time; `zone` is an offset or an IANA name. */
export function localToUtc(local: Moment, zone: string): number {
  const asUtc = Date.UTC(
    local.year,
    local.month - 1,
    local.day,
    local.hour,
    local.minute,
    local.second,
    local.millisecond,
  );
  // The offset depends on the instant looked for; two rounds settle it outside the hour that a change of clocks skips.
  const guess = asUtc - offsetAt(asUtc, zone);
  return asUtc - offsetAt(guess, zone);
}

/** What clocks of a zone show at an instant (milliseconds since 1970 UTC). */
export function instantToLocal(instant: number, zone: string): Moment {
  const local = new Date(instant + offsetAt(instant, zone));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: local.getUTCMilliseconds(),
  };
}

/** Milliseconds that `zone` is ahead of UTC at an instant. */
function offsetAt(instant: number, zone: string): number {
  if (zone === 'Z' || zone === 'UTC') return 0;
  const fixed = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (fixed) {
    const size = (Number(fixed[2]) * 60 + Number(fixed[3])) * MINUTE;
    return fixed[1] === '-' ? -size : size;
  }
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(
    instant,
  );
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return name === 'GMT' ? 0 : offsetAt(instant, name.slice(3));
}
