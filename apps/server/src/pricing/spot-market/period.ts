import { invalidPayload } from '../invalid-payload.ts';
import type { Frequency } from './buckets.ts';
import type { Period } from './price-points.ts';
import { type BiddingZone, daysAfter, isCalendarDay, startOfZoneDay } from './zone-time.ts';

const DAY = 24 * 3_600_000;
/** No exchange had a day-ahead market before; calendars of time zones do not reach back for ever either. */
const FIRST_DAY = '1990-01-01';
/** Five and twenty years contain leap days. The end of summer time may add an hour. */
const LONGEST_DAYS: Readonly<Record<Frequency, number>> = { PT15M: 92, PT1H: 366, P1D: 1827, P1M: 7305 };
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)$/i;

/**
 * The period between two parameters: instants with an offset, or days of the bidding zone, of which the last one counts whole.
 * @throws Refusal 400 for texts that are neither, an end before the start, times before 1990, and periods too long for the frequency (spec/pricing.md B10)
 */
export function readPeriod(
  parameters: { readonly from: string; readonly to: string },
  zone: BiddingZone,
  frequency: Frequency,
): Period {
  const from = readBound('from', parameters.from, zone, 0);
  if (from < Date.parse(FIRST_DAY))
    throw invalidPayload('Invalid payload', `query.from: must not be before ${FIRST_DAY}`);
  const to = readBound('to', parameters.to, zone, 1);
  if (from >= to) throw invalidPayload('Invalid payload', 'query.to: must be after from');
  const longest = LONGEST_DAYS[frequency];
  if (to - from > longest * DAY + DAY / 24)
    throw invalidPayload('Invalid payload', `query.to: must be within ${longest} days of from`);
  return { from, to };
}

function readBound(name: string, text: string, zone: BiddingZone, daysLater: 0 | 1): number {
  if (isCalendarDay(text)) return startOfZoneDay(daysAfter(text, daysLater), zone);
  const day = INSTANT.exec(text)?.[1];
  const instant = day !== undefined && isCalendarDay(day) ? Date.parse(text.toUpperCase()) : Number.NaN;
  if (Number.isNaN(instant))
    throw invalidPayload('Invalid payload', `query.${name}: must be a date, or a date-time with an offset`);
  return instant;
}
