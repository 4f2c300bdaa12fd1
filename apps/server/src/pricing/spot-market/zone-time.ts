/** Where exchanges trade (contract schema `SpotMarketBiddingZone`). */
export type BiddingZone = 'AT' | 'DE-LU';

export const BIDDING_ZONES: readonly BiddingZone[] = ['AT', 'DE-LU'];

const HOUR = 3_600_000;
const CALENDARS: Readonly<Record<BiddingZone, Intl.DateTimeFormat>> = {
  AT: calendar('Europe/Vienna'),
  'DE-LU': calendar('Europe/Berlin'),
};

function calendar(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
}

/** The calendar day (`YYYY-MM-DD`) of an instant (milliseconds since 1970) in a bidding zone, summer time included. */
export function zoneDay(instant: number, zone: BiddingZone): string {
  return CALENDARS[zone].format(instant);
}

/** Milliseconds since 1970 at which a calendar day (`YYYY-MM-DD`) of a bidding zone begins. Days there have 23, 24 or 25 hours. */
export function startOfZoneDay(day: string, zone: BiddingZone): number {
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  // Both zones are one hour ahead of UTC, in summer two, and change their clocks after midnight.
  const summer = midnight - 2 * HOUR;
  return zoneDay(summer, zone) === day ? summer : midnight - HOUR;
}

/** The calendar day so many days later (or, when negative, earlier). */
export function daysAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00.000Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Whether a text is a day that the calendar has. */
export function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const instant = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
}
