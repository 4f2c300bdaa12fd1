import type { TenantTransaction } from '../../storage/index.ts';
import type { Reading, ReadingValues } from '../reading.ts';
import { readingsAround } from '../store/find-readings.ts';
import { ReadingDrafts, type SavedReadings } from '../writing/reading-drafts.ts';
import { removeChangesets, unconfirmedOfMeters } from './changeset-store.ts';
import type { ReadingChangeset } from './reading-changeset.ts';
import { confirmsReading } from './reading-matching.ts';

/**
 * Stores a proposed reading that somebody has approved, in place of the stored one of its direction and instant, and removes the proposal. What
 * waited `in-validation` is `valid` now. Neighbours are not asked: whoever approves has seen them. The meter must be locked.
 */
export async function acceptReading(
  tx: TenantTransaction,
  changeset: ReadingChangeset,
  now: Date,
): Promise<{ readonly reading: Reading; readonly saved: SavedReadings }> {
  const { proposed } = changeset;
  const span = { from: proposed.timestamp, until: proposed.timestamp };
  const found = await readingsAround(tx, [{ place: proposed, externalId: undefined, span }]);
  const drafts = new ReadingDrafts(found, now);
  const existing = drafts.at(proposed).find(({ direction }) => direction === proposed.direction);
  const values: ReadingValues = {
    ...proposed,
    status: proposed.status === 'in-validation' ? 'valid' : proposed.status,
  };
  const reading = existing ? drafts.change(existing, values) : drafts.add(values);
  await removeChangesets(tx, [changeset]);
  return { reading, saved: await drafts.save(tx) };
}

/** Removes the proposals that readings of an ERP, or other direct writes, confirm (erp-integration.md 9.2). At most two statements. */
export async function clearConfirmed(
  tx: TenantTransaction,
  written: readonly ReadingValues[],
): Promise<void> {
  if (written.length === 0) return;
  const pending = await unconfirmedOfMeters(tx, [...new Set(written.map(({ meterId }) => meterId))]);
  const confirmed = pending.filter(({ proposed, matching }) =>
    written.some((reading) => confirmsReading(proposed, matching, reading)),
  );
  await removeChangesets(tx, confirmed);
}
