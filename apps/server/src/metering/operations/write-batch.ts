import { invalid } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { clearConfirmed } from '../changesets/accept-reading.ts';
import { digitsOf } from '../counters/digits.ts';
import { loadMeters, type MeterWithCounters } from '../counters/load-meters.ts';
import type { Metering, WriteCause } from '../metering.ts';
import type { Reading, Source } from '../reading.ts';
import { readInstant } from '../reading-instant.ts';
import { type Identification, identifiedReadings } from '../store/find-readings.ts';
import { lockMeters } from '../store/lock-meters.ts';
import { neighboursOf } from '../store/neighbours.ts';
import { implausibility } from '../submission/plausibility.ts';
import { isInFuture, placeIn } from '../submission/prepare-reading.ts';
import { refusedReading } from '../submission/refused-reading.ts';
import { ReadingDrafts } from '../writing/reading-drafts.ts';
import { fits, identificationOf } from './batch-identity.ts';
import { type BatchReading, batchValues, type SettledPlace } from './batch-reading.ts';

export interface Batch {
  readonly readings: readonly BatchReading[];
  readonly identifiers: readonly string[];
  /** The readings are taken as they are, as those of an ERP always are. */
  readonly trusted: boolean;
  readonly now: Date;
  readonly cause: WriteCause;
}

/** A reading to store: complete, and with its place settled. */
interface Wish {
  readonly position: number;
  readonly sent: BatchReading & { readonly value: number; readonly source: Source };
  readonly place: SettledPlace;
  readonly identification: Identification;
  readonly digits: number | undefined;
  readonly trusted: boolean;
}

interface Removal {
  readonly position: number;
  readonly identification: Identification;
}

/**
 * Writes a batch, wholly or not at all (contract operation `batchWriteMeterReadings`); answers the readings in the order of the batch, deleted
 * ones as they were. Readings that are not trusted are held against the clock, their twins and, once all are written, their neighbours.
 * @throws Refusal 400, most with the contract's reasons
 */
export async function writeBatch(
  tx: TenantTransaction,
  metering: Metering,
  batch: Batch,
): Promise<Reading[]> {
  const meters = await loadMeters(
    tx,
    batch.readings.flatMap((reading) => reading.meter_id ?? []),
  );
  const steps = batch.readings.map((reading, position) =>
    reading.operation === 'delete'
      ? { position, identification: identify(reading, batch.identifiers, position) }
      : settle(reading, position, meters, batch),
  );
  const identifications = steps.map(({ identification }) => identification);
  const drafts = new ReadingDrafts(await lockAndFind(tx, identifications), batch.now);
  const answers: Reading[] = [];
  // Direct writes, as those of an ERP, confirm what was proposed.
  const direct: Reading[] = [];
  const checked: { readonly wish: Wish; readonly reading: Reading }[] = [];
  for (const step of steps) {
    const reading = 'sent' in step ? write(drafts, step, batch) : remove(drafts, step);
    if (!reading) continue;
    answers.push(reading);
    if (!('sent' in step)) continue;
    if (step.trusted) direct.push(reading);
    else checked.push({ wish: step, reading });
  }
  const saved = await drafts.save(tx);
  await refuseImplausible(tx, checked);
  await clearConfirmed(tx, direct);
  await metering.settle(tx, saved, batch.cause);
  return answers;
}

function settle(
  sent: BatchReading,
  position: number,
  meters: ReadonlyMap<string, MeterWithCounters>,
  { identifiers, trusted, now }: Batch,
): Wish {
  const path = `body.readings[${position}]`;
  const { value, source, meter_id: meterId, counter_id: counterId } = sent;
  if (value === undefined || source === undefined || meterId === undefined) {
    throw invalid({ path, message: 'needs value, source and meter_id' });
  }
  const meter = meters.get(meterId);
  if (!meter) throw invalid({ path: `${path}.meter_id`, message: 'is no meter' });
  const place = placeIn(meter, { counterId, direction: sent.direction }, 'feed-out');
  if (typeof place === 'string') {
    throw invalid({
      path: `${path}.counter_id`,
      message: 'does not name one counter of the meter and the direction',
    });
  }
  const timestamp = instantOf(sent, position) ?? now;
  const isTrusted = trusted || source === 'ERP';
  if (!isTrusted && isInFuture(timestamp, now)) throw refusedReading('timestamp_future', position);
  const settled = { meterId, counterId: place.counter?.id, direction: place.direction, timestamp };
  const identifiable = { ...settled, externalId: sent.external_id, metadata: sent.metadata };
  return {
    position,
    sent: { ...sent, value, source },
    place: settled,
    identification: identificationOf(identifiable, identifiers, position),
    digits: digitsOf(place.counter),
    trusted: isTrusted,
  };
}

function identify(sent: BatchReading, identifiers: readonly string[], position: number): Identification {
  const identifiable = {
    meterId: sent.meter_id,
    counterId: sent.counter_id,
    direction: sent.direction,
    timestamp: instantOf(sent, position),
    externalId: sent.external_id,
    metadata: sent.metadata,
  };
  return identificationOf(identifiable, identifiers, position);
}

function instantOf({ timestamp }: BatchReading, position: number): Date | undefined {
  if (timestamp === undefined) return undefined;
  const read = readInstant(timestamp);
  if (!read)
    throw invalid({ path: `body.readings[${position}].timestamp`, message: 'is no date and no instant' });
  return read.instant;
}

/** Locks the meters that the batch may touch, then looks; deletions may name no meter, so those are found first. */
async function lockAndFind(
  tx: TenantTransaction,
  identifications: readonly Identification[],
): Promise<Reading[]> {
  const unplaced = identifications.filter(({ meterId }) => meterId === undefined);
  const found = await identifiedReadings(tx, unplaced);
  await lockMeters(
    tx,
    [...identifications, ...found].flatMap(({ meterId }) => meterId ?? []),
  );
  return identifiedReadings(tx, identifications);
}

/** The written reading; undefined for an update that fits none (the contract: it "won't take effect"). */
function write(drafts: ReadingDrafts, wish: Wish, { identifiers }: Batch): Reading | undefined {
  const existing = onlyMatch(drafts, wish);
  const values = batchValues(wish.sent, wish.place, existing);
  if (wish.sent.operation === 'update') return existing && drafts.change(existing, values);
  if (!existing) return drafts.add(values);
  if (!wish.trusted && identifiers.length === 0) throw refusedReading('duplicate_reading', wish.position);
  return drafts.change(existing, values);
}

function remove(drafts: ReadingDrafts, removal: Removal): Reading | undefined {
  const existing = onlyMatch(drafts, removal);
  if (existing) drafts.remove(existing);
  return existing;
}

function onlyMatch(drafts: ReadingDrafts, { identification, position }: Removal): Reading | undefined {
  const [match, ...others] = drafts.all().filter((reading) => fits(reading, identification));
  if (others.length > 0) throw refusedReading('multiple_readings_found', position);
  return match;
}

/** Held against the stored state, so that the readings of one batch may come in any order. */
async function refuseImplausible(
  tx: TenantTransaction,
  checked: readonly { readonly wish: Wish; readonly reading: Reading }[],
): Promise<void> {
  const points = checked.map(({ reading }) => ({
    place: { meterId: reading.meterId, counterId: reading.counterId },
    direction: reading.direction,
    timestamp: reading.timestamp,
  }));
  const neighbours = await neighboursOf(tx, points);
  for (const [index, { wish, reading }] of checked.entries()) {
    const around = neighbours[index] ?? { previous: undefined, next: undefined };
    const basis = { neighbours: around, reason: reading.reason, digits: wish.digits };
    // The contract has no reason for "greater than the next" here; seen from the next reading it is the same fact.
    if (implausibility(reading.value, basis)) throw refusedReading('less_than_previous', wish.position);
  }
}
