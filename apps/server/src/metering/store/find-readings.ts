import { json, sql, type TenantQueries } from '../../storage/index.ts';
import type { Direction, Reading, ReadingPlace } from '../reading.ts';
import { READING_COLUMNS, type ReadingRow, readingFromRow } from './reading-row.ts';

/** Which readings of a place a write may meet: those with the external id, and those of the span. */
export interface PlaceQuestion {
  readonly place: ReadingPlace;
  readonly externalId: string | undefined;
  /** Both ends included. */
  readonly span: { readonly from: Date; readonly until: Date } | undefined;
}

/**
 * Keeps each question a look into an index. The planner takes a list of questions for a hundred of them, and would rather read the whole table:
 * 110 ms for one question among 400,000 readings instead of 5.
 */
const FENCE = sql`offset 0`;

/** The readings that any of the questions asks for, each once, oldest first. One statement. */
export async function readingsAround(
  queries: TenantQueries,
  questions: readonly PlaceQuestion[],
): Promise<Reading[]> {
  if (questions.length === 0) return [];
  const asked = questions.map(({ place, externalId, span }) => ({
    meter: place.meterId,
    counter: place.counterId ?? null,
    external_id: externalId ?? null,
    from: span?.from ?? null,
    until: span?.until ?? null,
  }));
  const rows = await queries.query<ReadingRow>(sql`
    with q as materialized (
      select * from jsonb_to_recordset(${json(asked)}::jsonb)
        as q(meter uuid, counter uuid, external_id text, "from" timestamptz, until timestamptz)
    )
    select r.* from q cross join lateral (
      select ${READING_COLUMNS} from reading r
       where r.org_id = ${queries.org} and r.meter_id = q.meter and r.external_id = q.external_id
         and r.counter_id is not distinct from q.counter ${FENCE}) r
    union
    select r.* from q cross join lateral (
      select ${READING_COLUMNS} from reading r
       where r.org_id = ${queries.org} and r.meter_id = q.meter and r.timestamp between q."from" and q.until
         and r.counter_id is not distinct from q.counter ${FENCE}) r
     order by timestamp, id`);
  return rows.map(readingFromRow);
}

/** What identifies a reading for a batch: every member that is set must be equal. */
export interface Identification {
  readonly meterId?: string | undefined;
  readonly counterId?: string | undefined;
  readonly direction?: Direction | undefined;
  readonly timestamp?: Date | undefined;
  readonly externalId?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The readings that fit any of the identifications, each once, oldest first. Each must name a meter, a counter or an external id. */
export async function identifiedReadings(
  queries: TenantQueries,
  identifications: readonly Identification[],
): Promise<Reading[]> {
  if (identifications.length === 0) return [];
  const asked = identifications.map((one) => ({
    meter: one.meterId ?? null,
    counter: one.counterId ?? null,
    direction: one.direction ?? null,
    timestamp: one.timestamp ?? null,
    external_id: one.externalId ?? null,
    metadata: one.metadata ?? {},
  }));
  const fits = sql`(q.meter is null or r.meter_id = q.meter) and (q.counter is null or r.counter_id = q.counter)
    and (q.direction is null or r.direction = q.direction)
    and coalesce(r.details -> 'metadata', '{}') @> q.metadata`;
  const then = sql`r.timestamp between coalesce(q.timestamp, '-infinity') and coalesce(q.timestamp, 'infinity')`;
  // One branch per index, since a condition of alternatives would use none of them.
  const rows = await queries.query<ReadingRow>(sql`
    with q as materialized (
      select * from jsonb_to_recordset(${json(asked)}::jsonb)
        as q(meter uuid, counter uuid, direction text, timestamp timestamptz, external_id text, metadata jsonb)
    )
    select r.* from q cross join lateral (
      select ${READING_COLUMNS} from reading r
       where r.org_id = ${queries.org} and r.external_id = q.external_id and ${fits} and ${then} ${FENCE}) r
    union
    select r.* from q cross join lateral (
      select ${READING_COLUMNS} from reading r
       where r.org_id = ${queries.org} and r.counter_id = q.counter and ${then} and ${fits} ${FENCE}) r
     where q.external_id is null
    union
    select r.* from q cross join lateral (
      select ${READING_COLUMNS} from reading r
       where r.org_id = ${queries.org} and r.meter_id = q.meter and ${then} and ${fits} ${FENCE}) r
     where q.external_id is null and q.counter is null
     order by timestamp, id`);
  return rows.map(readingFromRow);
}
