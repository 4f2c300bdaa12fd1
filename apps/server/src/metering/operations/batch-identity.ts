import type { Reading } from '../reading.ts';
import type { Identification } from '../store/find-readings.ts';
import { refusedReading } from '../submission/refused-reading.ts';

/** The members of a reading of a batch that may identify it. */
export interface Identifiable {
  readonly meterId: string | undefined;
  readonly counterId: string | undefined;
  readonly direction: Reading['direction'] | undefined;
  readonly timestamp: Date | undefined;
  readonly externalId: string | undefined;
  readonly metadata: Readonly<Record<string, string>> | undefined;
}

const PLAIN = {
  meter_id: 'meterId',
  counter_id: 'counterId',
  direction: 'direction',
  timestamp: 'timestamp',
  external_id: 'externalId',
} as const;

/**
 * What identifies a reading of a batch (contract operation `batchWriteMeterReadings`): by default counter, meter, direction and timestamp; else
 * the named members. Whatever is named, a meter and counter that the reading gives narrow it down: external ids are not unique across meters
 * (erp-integration.md 9.3).
 * @throws Refusal 400 with the reason `invalid_identifiers` for unknown names, for missing values, and when neither a meter, a counter nor an
 *   external id is left to look for
 */
export function identificationOf(
  reading: Identifiable,
  identifiers: readonly string[],
  position: number,
): Identification {
  const { meterId, counterId } = reading;
  const place = { meterId, counterId };
  if (identifiers.length === 0) {
    const { direction, timestamp } = reading;
    if (meterId === undefined || timestamp === undefined)
      throw refusedReading('invalid_identifiers', position);
    return { ...place, direction, timestamp };
  }
  const metadata: Record<string, string> = {};
  const named: Record<string, unknown> = {};
  for (const identifier of identifiers) {
    const [member, key] = memberOf(identifier, position);
    const value = member === 'metadata' ? reading.metadata?.[key] : reading[member];
    if (value === undefined) throw refusedReading('invalid_identifiers', position);
    if (member === 'metadata') metadata[key] = String(value);
    else named[member] = value;
  }
  const identification: Identification = { ...named, ...place, metadata };
  if (identification.externalId === undefined && meterId === undefined && counterId === undefined) {
    throw refusedReading('invalid_identifiers', position);
  }
  return identification;
}

function memberOf(identifier: string, position: number) {
  if (identifier.startsWith('metadata.')) return ['metadata', identifier.slice('metadata.'.length)] as const;
  const [name, member] = Object.entries(PLAIN).find(([known]) => known === identifier) ?? [];
  if (name === undefined || member === undefined) throw refusedReading('invalid_identifiers', position);
  return [member, name] as const;
}

/** Whether a reading is one that an identification means. */
export function fits(reading: Reading, wanted: Identification): boolean {
  const metadata: unknown = reading.details['metadata'];
  const held = new Map(typeof metadata === 'object' && metadata !== null ? Object.entries(metadata) : []);
  return (
    (wanted.meterId === undefined || reading.meterId === wanted.meterId) &&
    (wanted.counterId === undefined || reading.counterId === wanted.counterId) &&
    (wanted.direction === undefined || reading.direction === wanted.direction) &&
    (wanted.timestamp === undefined || reading.timestamp.getTime() === wanted.timestamp.getTime()) &&
    (wanted.externalId === undefined || reading.externalId === wanted.externalId) &&
    Object.entries(wanted.metadata ?? {}).every(([name, value]) => held.get(name) === value)
  );
}
