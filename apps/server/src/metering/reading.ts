import type { Document } from '../entities/index.ts';

export type Direction = 'feed-in' | 'feed-out';

/** Who a reading came from: the portal, the ERP, staff, a journey (contract schema `Source`). */
export type Source = 'ECP' | 'ERP' | '360' | 'journey-submission';

export type Status = 'valid' | 'in-validation' | 'implausible';

/** The meter and the counter a reading belongs to; a meter without counters keeps its readings without one (erp-integration.md 9.1). */
export interface ReadingPlace {
  readonly meterId: string;
  readonly counterId: string | undefined;
}

/** What was read. */
export interface ReadingValues extends ReadingPlace {
  /** The instant of the reading (UTC, milliseconds). */
  readonly timestamp: Date;
  readonly direction: Direction;
  /** Cumulative, in the counter's unit. Stored as a decimal with exactly the digits that JSON shows. */
  readonly value: number;
  readonly source: Source;
  /** One of the contract's seven, or null. */
  readonly reason: string | null;
  readonly status: Status;
  readonly externalId: string | undefined;
  /** Further members as clients see them: `read_by`, `remark`, `note`, `unit`, `metadata`, and unknown ones of an ERP. */
  readonly details: Document;
}

/** A stored reading. */
export interface Reading extends ReadingValues {
  readonly id: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The JSON that clients see (contract schema `MeterReading`). */
export function readingToWire(reading: ReadingValues): Document {
  return {
    ...reading.details,
    meter_id: reading.meterId,
    ...(reading.counterId === undefined ? {} : { counter_id: reading.counterId }),
    direction: reading.direction,
    value: reading.value,
    timestamp: reading.timestamp.toISOString(),
    source: reading.source,
    reason: reading.reason,
    status: reading.status,
    ...(reading.externalId === undefined ? {} : { external_id: reading.externalId }),
  };
}
