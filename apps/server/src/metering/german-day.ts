const CALENDAR = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Berlin',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});
const HOUR = 3_600_000;

/** The calendar day (`YYYY-MM-DD`) of an instant in Germany, summer time included (erp-integration.md 9.3). */
export function germanDay(instant: Date): string {
  return CALENDAR.format(instant);
}

/** The first instant of a German calendar day: 23:00 UTC of the day before, in summer 22:00. `day` is a real `YYYY-MM-DD`. */
export function startOfGermanDay(day: string): Date {
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  // Changes of the clock happen at night, after midnight: the offset at the day's start is that of the instant an hour or two earlier in UTC.
  const summer = new Date(midnight - 2 * HOUR);
  return germanDay(summer) === day ? summer : new Date(midnight - HOUR);
}

/** The last millisecond of a German calendar day. */
export function endOfGermanDay(day: string): Date {
  const noonOfTheNext = new Date(Date.parse(`${day}T12:00:00.000Z`) + 24 * HOUR);
  return new Date(startOfGermanDay(germanDay(noonOfTheNext)).getTime() - 1);
}
