const DAY = 86_400_000;

/** What `days_before_date` looks at; days are `YYYY-MM-DD` in the organisation's time zone. */
export interface DueDates {
  /** The attribute's own day, when it is a date. */
  readonly own?: string | undefined;
  /** Due dates of unpaid instalments. */
  readonly unpaid: readonly string[];
  readonly billingDueDay?: number | undefined;
}

/** Whole days from one calendar day to another; time zones and daylight saving have no part in it. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
}

/** Whether an attribute is frozen today because its reference date is at most `days` days away (spec/portal.md §5.7). */
export function isFrozen(days: number, dates: DueDates, today: string): boolean {
  const reference = dates.own ?? nextDue(dates, today);
  if (reference === undefined) return false;
  const distance = daysBetween(today, reference);
  return distance >= 0 && distance <= days;
}

function nextDue({ unpaid, billingDueDay }: DueDates, today: string): string | undefined {
  const earliest = unpaid.filter((day) => day >= today).sort()[0];
  if (earliest !== undefined || billingDueDay === undefined) return earliest;
  const [year = 0, month = 1] = today.split('-').map(Number);
  const thisMonth = dayOfMonth(year, month, billingDueDay);
  return thisMonth >= today ? thisMonth : dayOfMonth(year, month + 1, billingDueDay);
}

/** The day of a month (1-12, or 13 for the next January), clamped to its length. */
function dayOfMonth(year: number, month: number, day: number): string {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1, Math.min(day, length))).toISOString().slice(0, 10);
}
