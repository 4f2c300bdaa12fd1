import type { Document } from '../../entities/index.ts';
import { raw, type Sql } from '../../storage/index.ts';
import type { Direction, Reading, Source, Status } from '../reading.ts';

/** A row of `reading`. */
export interface ReadingRow {
  meter_id: string;
  counter_id: string | null;
  id: string;
  timestamp: Date;
  direction: Direction;
  value: string;
  source: Source;
  reason: string | null;
  status: Status;
  external_id: string | null;
  details: Document;
  created_at: Date;
  updated_at: Date;
}

/** The columns of a `ReadingRow`, for a table with the alias `r`. */
export const READING_COLUMNS: Sql = raw(
  `r.meter_id, r.counter_id, r.id, r.timestamp, r.direction, r.value, r.source, r.reason, r.status,
   r.external_id, r.details, r.created_at, r.updated_at`,
);

/** Turns a row into a reading. */
export function readingFromRow(row: ReadingRow): Reading {
  return {
    meterId: row.meter_id,
    counterId: row.counter_id ?? undefined,
    id: row.id,
    timestamp: row.timestamp,
    direction: row.direction,
    value: Number(row.value),
    source: row.source,
    reason: row.reason,
    status: row.status,
    externalId: row.external_id ?? undefined,
    details: row.details,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
