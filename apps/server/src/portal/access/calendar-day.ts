/** Date-only values are calendar days in the organisation's time zone (spec/portal.md §0.3). */
const ORGANISATION_TIME_ZONE = 'Europe/Berlin';
/** Offsets of time zones are whole quarters of an hour, so no day begins within one. */
const QUARTER_HOUR_MS = 15 * 60_000;

const FORMATS = new Map<string, Intl.DateTimeFormat>();
/** The day of the last quarter of an hour asked for, by time zone: nearly every request asks for today. */
const LATEST = new Map<string, { readonly quarter: number; readonly day: string }>();

/** The calendar day (`YYYY-MM-DD`) of an instant in a time zone. */
export function calendarDay(instant: Date, timeZone: string = ORGANISATION_TIME_ZONE): string {
  const quarter = Math.floor(instant.getTime() / QUARTER_HOUR_MS);
  const latest = LATEST.get(timeZone);
  if (latest?.quarter === quarter) return latest.day;
  const format = FORMATS.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone });
  FORMATS.set(timeZone, format);
  const day = format.format(instant);
  LATEST.set(timeZone, { quarter, day });
  return day;
}
