import { invalid } from '../../refusal.ts';
import { json, sql, type TenantQueries } from '../../storage/index.ts';
import type { Direction, ReadingPlace } from '../reading.ts';
import type { CurveReading } from './consumption-curve.ts';

/** The readings of one counter in one direction, in order of time. */
export interface ReadSeries extends ReadingPlace {
  readonly direction: Direction;
  readonly readings: readonly CurveReading[];
}

/** Which readings a chart needs. */
export interface SeriesQuestion {
  readonly places: readonly ReadingPlace[];
  /** Milliseconds since 1970; the nearest readings before and after come along, since the curve reaches them. */
  readonly from: number;
  readonly to: number;
  /** Whether the first and last reading of each German day do, which is enough for charts by days and longer. */
  readonly isByDay: boolean;
}

interface SeriesRow {
  meter_id: string;
  counter_id: string | null;
  direction: Direction;
  at: Date;
  value: string;
  starts_series: boolean;
}

/** More readings than this are not drawn; fifteen minutes over a quarter of a year and ten counters fit. */
const MOST_READINGS = 100_000;

/**
 * The readings around a period, by counter and direction; implausible ones are left out. Of readings at the same instant, one that starts a
 * new series comes last. One statement.
 * @throws Refusal 400 when there are more than a chart can show
 */
export async function readSeries(queries: TenantQueries, question: SeriesQuestion): Promise<ReadSeries[]> {
  const { places, isByDay } = question;
  if (places.length === 0) return [];
  const [from, to] = [new Date(question.from), new Date(question.to)];
  const asked = places.map(({ meterId, counterId }) => ({ meter: meterId, counter: counterId ?? null }));
  const rows = await queries.query<SeriesRow>(sql`
    with span as (
      select p.meter, p.counter, d.direction,
             (select max(r.timestamp) from reading r
               where r.org_id = ${queries.org} and r.meter_id = p.meter and r.counter_id is not distinct from p.counter
                 and r.direction = d.direction and r.timestamp <= ${from} and r.status <> 'implausible') as before,
             (select min(r.timestamp) from reading r
               where r.org_id = ${queries.org} and r.meter_id = p.meter and r.counter_id is not distinct from p.counter
                 and r.direction = d.direction and r.timestamp >= ${to} and r.status <> 'implausible') as after
        from jsonb_to_recordset(${json(asked)}::jsonb) as p(meter uuid, counter uuid)
       cross join (values ('feed-in'), ('feed-out')) d(direction)),
    taken as (
      select r.meter_id, r.counter_id, r.direction, r.timestamp as at, r.value, r.id,
             coalesce(r.reason in ('first', 'meter_change'), false) as starts_series,
             case when ${isByDay} then (r.timestamp at time zone 'Europe/Berlin')::date::text else r.id::text end as slot
        from span s
        join reading r on r.org_id = ${queries.org} and r.meter_id = s.meter
         and r.counter_id is not distinct from s.counter and r.direction = s.direction
         and r.timestamp between coalesce(s.before, ${from}::timestamptz) and coalesce(s.after, ${to}::timestamptz)
         and r.status <> 'implausible'),
    placed as (
      select t.*, lag(t.slot) over w as slot_before, lead(t.slot) over w as slot_after,
             lead(t.starts_series) over w as ends_series
        from taken t
      window w as (partition by t.meter_id, t.counter_id, t.direction order by t.at, t.starts_series, t.value, t.id))
    select meter_id, counter_id, direction, at, (round(value, 6) * 1000000)::numeric(40, 0)::text as value, starts_series
      from placed
     where slot is distinct from slot_before or slot is distinct from slot_after or starts_series or ends_series
     order by meter_id, counter_id nulls first, direction, at, starts_series, placed.value, id
     limit ${MOST_READINGS + 1}`);
  if (rows.length > MOST_READINGS) throw invalid({ path: 'query.to', message: 'spans too many readings' });
  return bySeries(rows);
}

function bySeries(rows: readonly SeriesRow[]): ReadSeries[] {
  const series: (ReadSeries & { readings: CurveReading[] })[] = [];
  for (const { meter_id, counter_id, direction, at, value, starts_series } of rows) {
    const counterId = counter_id ?? undefined;
    let last = series.at(-1);
    if (last?.meterId !== meter_id || last.counterId !== counterId || last.direction !== direction) {
      last = { meterId: meter_id, counterId, direction, readings: [] };
      series.push(last);
    }
    last.readings.push({ at: at.getTime(), value: BigInt(value), startsSeries: starts_series });
  }
  return series;
}
