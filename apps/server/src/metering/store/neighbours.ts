import { json, sql, type TenantQueries } from '../../storage/index.ts';
import type { Direction, ReadingPlace } from '../reading.ts';

/** Where in the series of a counter and a direction a reading stands or would stand. */
export interface SeriesPoint {
  readonly place: ReadingPlace;
  readonly direction: Direction;
  readonly timestamp: Date;
}

export interface Neighbour {
  readonly value: number;
  readonly reason: string | null;
}

export interface Neighbours {
  readonly previous: Neighbour | undefined;
  readonly next: Neighbour | undefined;
}

interface NeighbourRow {
  previous_value: string | null;
  previous_reason: string | null;
  next_value: string | null;
  next_reason: string | null;
}

/**
 * The nearest readings strictly before and after each point, in the order of the points; implausible ones are no neighbours (portal.md 8.1).
 * One statement.
 */
export async function neighboursOf(
  queries: TenantQueries,
  points: readonly SeriesPoint[],
): Promise<Neighbours[]> {
  if (points.length === 0) return [];
  const asked = points.map(({ place, direction, timestamp }, number) => ({
    number,
    meter: place.meterId,
    counter: place.counterId ?? null,
    direction,
    timestamp,
  }));
  const rows = await queries.query<NeighbourRow>(sql`
    select b.value as previous_value, b.reason as previous_reason, a.value as next_value, a.reason as next_reason
      from jsonb_to_recordset(${json(asked)}::jsonb)
             as q(number integer, meter uuid, counter uuid, direction text, timestamp timestamptz)
      left join lateral (
        select r.value, r.reason from reading r
         where r.org_id = ${queries.org} and r.meter_id = q.meter and r.counter_id is not distinct from q.counter
           and r.direction = q.direction and r.timestamp < q.timestamp and r.status <> 'implausible'
         order by r.timestamp desc, r.value desc limit 1) b on true
      left join lateral (
        select r.value, r.reason from reading r
         where r.org_id = ${queries.org} and r.meter_id = q.meter and r.counter_id is not distinct from q.counter
           and r.direction = q.direction and r.timestamp > q.timestamp and r.status <> 'implausible'
         order by r.timestamp, r.value limit 1) a on true
     order by q.number`);
  return rows.map((row) => ({
    previous: neighbour(row.previous_value, row.previous_reason),
    next: neighbour(row.next_value, row.next_reason),
  }));
}

function neighbour(value: string | null, reason: string | null): Neighbour | undefined {
  return value === null ? undefined : { value: Number(value), reason };
}
