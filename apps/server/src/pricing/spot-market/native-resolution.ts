/** The exchanges' first day of delivery by quarters of an hour (spec/pricing.md B10). */
const FIRST_DAY_OF_QUARTERS = '2025-10-01';

/** Minutes that a price of the day-ahead auction holds for, on a day of delivery (`YYYY-MM-DD`). */
export function nativeMinutes(day: string): 15 | 60 {
  return day < FIRST_DAY_OF_QUARTERS ? 60 : 15;
}
