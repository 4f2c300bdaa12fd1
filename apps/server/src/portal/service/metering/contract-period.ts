import { type Document, type Entity, relatedIds } from '../../../entities/index.ts';
import { Refusal } from '../../../refusal.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import { calendarDay, type PortalAccess } from '../../access/index.ts';

const DAY = 86_400_000;

/**
 * The contracts of a meter that the user reaches. One of them must cover the day of the reading, widened by the portal's
 * `meter_reading_grace_period` (days) on both sides; a meter without any contract is nobody's concern (spec/portal.md §8.1 step 5).
 * @throws Refusal 400 with the reason `contract_period`
 */
export async function contractsForReading(
  access: PortalAccess,
  queries: TenantQueries,
  meterId: string,
  timestamp: Date,
): Promise<Entity[]> {
  const related = await relatedIds(queries, [meterId], { schema: 'contract' });
  const contracts = await access.loadMany(related.map(({ id }) => id));
  const grace = access.portal.config['meter_reading_grace_period'];
  const days = typeof grace === 'number' && grace > 0 ? grace : 0;
  const isCovered = contracts.some(({ doc }) => coversDay(doc, calendarDay(timestamp), days));
  if (related.length > 0 && !isCovered) {
    throw new Refusal(400, 'CONTRACT_PERIOD', 'No contract of the meter covers the day of the reading', {
      reason: 'contract_period',
    });
  }
  return contracts;
}

/** Whether a contract runs on a day (`YYYY-MM-DD`) or within some days of it; an end that is not set is open. Both ends are included. */
export function coversDay(contract: Document, day: string, graceDays: number): boolean {
  const { start, end } = contractTerm(contract);
  return (
    (start === undefined || shiftDay(start, -graceDays) <= day) &&
    (end === undefined || day <= shiftDay(end, graceDays))
  );
}

/** The first and the last day (`YYYY-MM-DD`, included) of a contract; what is not set is open. */
export function contractTerm(contract: Document): {
  readonly start: string | undefined;
  readonly end: string | undefined;
} {
  return {
    start: firstDay(contract, ['start_date', 'move_in_date']),
    end: firstDay(contract, ['termination_date', 'end_date', 'move_out_date']),
  };
}

function firstDay(contract: Document, names: readonly string[]): string | undefined {
  for (const name of names) {
    const day = dayOf(contract[name]);
    if (day !== undefined) return day;
  }
  return undefined;
}

function dayOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return undefined;
  return value.length === 10 ? value : calendarDay(instant);
}

function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}
