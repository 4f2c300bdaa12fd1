import type { TenantTransaction } from '../../storage/index.ts';
import { endOfGermanDay, germanDay, startOfGermanDay } from '../german-day.ts';
import { isStorableInstant } from '../reading-instant.ts';
import { type PlaceQuestion, readingsAround } from '../store/find-readings.ts';
import { lockMeters } from '../store/lock-meters.ts';
import { type ErpUpsert, erpValues, unstorable } from './erp-values.ts';
import type { ErpWrite, ErpWriteResult } from './erp-write.ts';
import { matchDoomed, matchWanted, SEVERAL } from './match-reading.ts';
import { ReadingDrafts, type SavedReadings } from './reading-drafts.ts';

export interface ErpOutcome {
  /** One per write, in their order. */
  readonly results: readonly ErpWriteResult[];
  readonly saved: SavedReadings;
}

/**
 * Applies an ERP's writes in order (erp-integration.md 9.3, 9.4): authoritative, so neighbours are not asked. The number of statements does not
 * depend on the number of writes.
 */
export async function writeErpReadings(
  tx: TenantTransaction,
  writes: readonly ErpWrite[],
  now: Date,
): Promise<ErpOutcome> {
  await lockMeters(
    tx,
    writes.map(({ place }) => place.meterId),
  );
  const drafts = new ReadingDrafts(await readingsAround(tx, writes.map(question)), now);
  const results = writes.map((write) =>
    write.mode === 'upsert' ? upsert(drafts, write) : remove(drafts, write),
  );
  return { results, saved: await drafts.save(tx) };
}

/** What a write may meet: its external id, and its instant or its day. */
function question(write: ErpWrite): PlaceQuestion {
  const { place, matching } = write;
  const { externalId, timestamp } = write.mode === 'upsert' ? write.reading : write.key;
  const instant = timestamp && new Date(timestamp.instant);
  if (!instant || !isStorableInstant(instant)) return { place, externalId, span: undefined };
  if (matching === 'external_id') return { place, externalId, span: { from: instant, until: instant } };
  const day = germanDay(instant);
  return { place, externalId, span: { from: startOfGermanDay(day), until: endOfGermanDay(day) } };
}

function upsert(drafts: ReadingDrafts, write: ErpUpsert): ErpWriteResult {
  const problem = unstorable(write);
  if (problem !== undefined) return refused('INVALID_METER_READING_ATTRIBUTES', problem);
  const { place, matching, direction, reading } = write;
  const timestamp = new Date(reading.timestamp.instant);
  const match = matchWanted(drafts.at(place), matching, {
    externalId: reading.externalId,
    timestamp,
    direction,
  });
  if (match === SEVERAL) return severalOnTheDay(timestamp);
  if (!match) {
    drafts.add(erpValues(write, undefined));
    return { outcome: 'written' };
  }
  const changed = drafts.change(match, erpValues(write, match));
  return { outcome: changed === match ? 'unchanged' : 'written' };
}

function remove(drafts: ReadingDrafts, write: Extract<ErpWrite, { mode: 'delete' }>): ErpWriteResult {
  const { externalId, direction } = write.key;
  const timestamp = write.key.timestamp && new Date(write.key.timestamp.instant);
  const match = matchDoomed(drafts.at(write.place), write.matching, { externalId, timestamp, direction });
  if (match === SEVERAL) return severalOnTheDay(timestamp ?? new Date(0));
  if (!match) return { outcome: 'absent' };
  drafts.remove(match);
  return { outcome: 'deleted' };
}

/** The published taxonomy has no code of its own for this; that of the entities says it best (erp-integration.md 13). */
function severalOnTheDay(timestamp: Date): ErpWriteResult {
  return refused('UNIQUE_ID_MULTIPLE_MATCHES', `several readings are stored for ${germanDay(timestamp)}`);
}

function refused(code: string, message: string): ErpWriteResult {
  return { outcome: 'refused', code, message };
}
