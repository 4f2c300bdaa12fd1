import type { JsonObject } from '../../contract/json-object.ts';
import { consumptionOfMeters, type RegisterConsumption } from '../../metering/index.ts';
import { bucketsOf } from '../../pricing/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { type ChartScope, isByDay } from './chart-scope.ts';
import type { SupplyScope } from './supply.ts';

/** Days, months and years are those of Germany (spec/portal.md §0.3). */
export const ZONE = 'DE-LU';
const MILLIONTHS = 1_000_000;

/** What the registers in scope counted around a period. */
export function consumptionIn(
  queries: TenantQueries,
  { meters }: Pick<SupplyScope, 'meters'>,
  { from, to, interval }: ChartScope,
): Promise<RegisterConsumption[]> {
  return consumptionOfMeters(queries, meters, { from, to, isByDay: isByDay(interval) });
}

/**
 * Consumption records by interval, type and unit (contract operation `getConsumption`): registers of the same type and unit are added up; an
 * interval without any known consumption has no record.
 */
export function consumptionRecordsOf(
  registers: readonly RegisterConsumption[],
  scope: ChartScope,
): JsonObject[] {
  const { interval } = scope;
  if (interval === 'custom') return registers.flatMap((register) => periodRecords(register, scope));
  return groups(registers).flatMap((group) => {
    const [{ type, unit } = { type: 'feed-out' as const, unit: undefined }] = group;
    const records: JsonObject[] = [];
    for (const { start, share } of bucketsOf(scope, interval, ZONE)) {
      const amounts = group.flatMap(({ curve }) => curve.between(share.from, share.to) ?? []);
      if (amounts.length > 0) records.push(record(start, sum(amounts), type, unit));
    }
    return records;
  });
}

/** One record per pair of readings that touches the period. */
function periodRecords({ curve, type, unit }: RegisterConsumption, { from, to }: ChartScope): JsonObject[] {
  return curve.segments
    .filter((segment) => segment.to > from && segment.from < to)
    .map((segment) => ({
      ...record(segment.from, segment.amount, type, unit),
      period: { from: new Date(segment.from).toISOString(), to: new Date(segment.to).toISOString() },
    }));
}

function groups(registers: readonly RegisterConsumption[]): RegisterConsumption[][] {
  const byKind = new Map<string, RegisterConsumption[]>();
  for (const register of registers) {
    const kind = `${register.type} ${register.unit ?? ''}`;
    byKind.set(kind, [...(byKind.get(kind) ?? []), register]);
  }
  return [...byKind.values()];
}

function record(start: number, amount: bigint, type: string, unit: string | undefined): JsonObject {
  return {
    timestamp: new Date(start).toISOString(),
    value: Number(amount) / MILLIONTHS,
    type,
    ...(unit === undefined ? {} : { unit }),
  };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
