/** Date-only values are calendar days in the organisation's time zone (spec/portal.md §0.3). */
const ORGANISATION_TIME_ZONE = 'Europe/Berlin';

const DAYS = new Map<string, Intl.DateTimeFormat>();

/** The calendar day (`YYYY-MM-DD`) of an instant in a time zone. */
export function calendarDay(instant: Date, timeZone: string = ORGANISATION_TIME_ZONE): string {
  const format = DAYS.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone });
  DAYS.set(timeZone, format);
  return format.format(instant);
}
