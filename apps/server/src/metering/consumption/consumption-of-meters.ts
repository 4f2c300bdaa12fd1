import type { Entity } from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { digitsOf } from '../counters/digits.ts';
import type { MeterWithCounters } from '../counters/load-meters.ts';
import { ConsumptionCurve } from './consumption-curve.ts';
import { readSeries, type SeriesQuestion } from './read-series.ts';
import { type RegisterType, registerType, registerUnit } from './register-type.ts';

/** What one register of a meter counted. */
export interface RegisterConsumption {
  readonly meterId: string;
  readonly counterId: string | undefined;
  readonly type: RegisterType;
  /** `kWh` wherever the counter can be converted to it; undefined when it names none. */
  readonly unit: string | undefined;
  readonly curve: ConsumptionCurve;
}

/**
 * The consumption of meters around a period, register by register, from their stored readings. Where a meter counts by tariff as well as in
 * total, the total is left out, so that the registers of a meter add up to what went through it.
 */
export async function consumptionOfMeters(
  queries: TenantQueries,
  meters: readonly MeterWithCounters[],
  question: Omit<SeriesQuestion, 'places'>,
): Promise<RegisterConsumption[]> {
  const counters = new Map(meters.flatMap((meter) => meter.counters.map((counter) => [counter.id, counter])));
  const places = meters.flatMap(({ meter, counters: own }) => [
    { meterId: meter.id, counterId: undefined },
    ...own.map(({ id }) => ({ meterId: meter.id, counterId: id })),
  ]);
  const series = await readSeries(queries, { ...question, places });
  const registers = series.map(({ meterId, counterId, direction, readings }) => {
    const counter: Entity | undefined = counterId === undefined ? undefined : counters.get(counterId);
    const { unit, factor } = registerUnit(counter);
    const curve = ConsumptionCurve.of(readings, digitsOf(counter), factor);
    return { meterId, counterId, type: registerType(counter, direction), unit, curve };
  });
  const byTariff = new Set(
    registers.filter(({ type }) => type === 'ht' || type === 'nt').map(({ meterId }) => meterId),
  );
  return registers.filter(({ type, meterId }) => type !== 'feed-out' || !byTariff.has(meterId));
}
