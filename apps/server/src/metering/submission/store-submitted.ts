import type { TenantTransaction } from '../../storage/index.ts';
import type { Reading, ReadingValues, Status } from '../reading.ts';
import { readingsAround } from '../store/find-readings.ts';
import { lockMeters } from '../store/lock-meters.ts';
import { ReadingDrafts, type SavedReadings } from '../writing/reading-drafts.ts';
import { checkReading, pointOf } from './check-reading.ts';
import type { PreparedReading } from './prepare-reading.ts';
import { refusedReading } from './refused-reading.ts';

/**
 * Stores a prepared reading, with its neighbours checked again under lock (portal.md 8.1): at the same time it replaces one from the portal and
 * no other. `now` is UTC.
 * @throws Refusal 400 with the reasons `less_than_previous`, `greater_than_subsequent`
 */
export async function storeSubmitted(
  tx: TenantTransaction,
  prepared: PreparedReading,
  status: Status,
  now: Date,
): Promise<{ readonly reading: Reading; readonly saved: SavedReadings }> {
  const { drafts, existing } = await draftSubmitted(tx, prepared, now);
  const values = submittedValues(prepared, status);
  const reading = existing ? drafts.change(existing, values) : drafts.add(values);
  return { reading, saved: await drafts.save(tx) };
}

/**
 * Locks the meter and holds a prepared reading against what is stored; answers the readings of its instant and the one it would replace.
 * @throws Refusal 400 with the reasons `less_than_previous`, `greater_than_subsequent`
 */
export async function draftSubmitted(
  tx: TenantTransaction,
  prepared: PreparedReading,
  now: Date,
): Promise<{ readonly drafts: ReadingDrafts; readonly existing: Reading | undefined }> {
  const { place, timestamp } = pointOf(prepared);
  await lockMeters(tx, [place.meterId]);
  const span = { from: timestamp, until: timestamp };
  const drafts = new ReadingDrafts(await readingsAround(tx, [{ place, externalId: undefined, span }]), now);
  const existing = drafts.at(place).find(({ direction }) => direction === prepared.direction);
  if (existing && existing.source !== 'ECP') throw refusedReading('less_than_previous');
  const problem = await checkReading(tx, prepared);
  if (problem) throw refusedReading(problem);
  return { drafts, existing };
}

/** The values of a prepared reading as they are stored. */
export function submittedValues(
  { meter, counter, direction, timestamp, submitted }: PreparedReading,
  status: Status,
): ReadingValues {
  return {
    meterId: meter.id,
    counterId: counter?.id,
    timestamp,
    direction,
    value: submitted.value,
    source: submitted.source,
    reason: submitted.reason || null,
    status,
    externalId: submitted.externalId,
    details: submitted.details ?? {},
  };
}
