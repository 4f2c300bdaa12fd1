import type { Operations } from '../../contract/operation-types.ts';
import { changeSource, type Document } from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import { invalid } from '../../refusal.ts';
import { type PendingQuery, pendingInInterval } from '../changesets/changeset-store.ts';
import { endOfGermanDay, startOfGermanDay } from '../german-day.ts';
import { type ReadingPlace, readingToWire } from '../reading.ts';
import { readInstant } from '../reading-instant.ts';
import { listReadings } from '../store/list-readings.ts';
import { countPrune } from '../store/prune-readings.ts';
import { refusedReading } from '../submission/refused-reading.ts';
import type { BatchReading } from './batch-reading.ts';
import type { MeteringPlatform } from './platform.ts';
import { sentId } from './sent-id.ts';
import { shownChangeset } from './shown-changeset.ts';
import { requireReadingAction, type Viewer, viewerOf } from './viewer.ts';
import { writeBatch } from './write-batch.ts';

/** What stands in the path for readings of a meter without counters. */
const NO_COUNTER = 'none';
const DEFAULT_START = '2000-01-01';
const MOST_KEPT = 10_000;

/** Readings: by interval, in batches, pruned (contract `metering`). */
export function readingOperations(platform: MeteringPlatform): Operations<'metering'> {
  const { metering, clock } = platform;
  return {
    async getReadingsByInterval(call) {
      const { parameters, tenant } = call;
      const viewer = await viewerOf(platform, call);
      requireReadingAction(viewer, 'view');
      const place = await placeInReach(viewer, String(parameters.meter_id), String(parameters.counter_id));
      const from = boundary('start_date', parameters.start_date ?? DEFAULT_START, startOfGermanDay);
      const until = parameters.end_date
        ? boundary('end_date', parameters.end_date, endOfGermanDay)
        : clock.now();
      if (from > until) throw invalid({ path: 'query.start_date', message: 'is later than end_date' });
      const size = wholeNumber('size', parameters.size ?? 20, -1);
      const page = await listReadings(tenant, {
        ...{ place, from, until, direction: parameters.direction },
        type: parameters.type === 'relative' ? 'relative' : 'cumulative',
        sort: parameters.sort === 'desc' ? 'desc' : 'asc',
        offset: wholeNumber('from', parameters.from ?? 0, 0),
        size: size < 0 ? undefined : size,
      });
      const pending = parameters.include_pending_changesets
        ? await pendingIn(call, place, { from, until, direction: parameters.direction })
        : undefined;
      return {
        results: page.readings.map(readingToWire),
        hits: page.hits,
        ...(pending ? { pending_changesets: pending } : {}),
        ...(page.firstTaken ? { firstRecordCreatedAt: page.firstTaken.toISOString() } : {}),
      };
    },

    async batchWriteMeterReadings(call) {
      const { parameters, body, principal, tenant } = call;
      const viewer = await viewerOf(platform, call);
      const readings = body?.readings ?? [];
      if (readings.length > 100) throw refusedReading('too_many_records');
      for (const operation of new Set(readings.map((reading) => reading.operation ?? 'create'))) {
        requireReadingAction(viewer, operation === 'update' ? 'edit' : operation);
      }
      const written = await tenant.transaction((tx) =>
        writeBatch(tx, metering, {
          ...{
            readings: readings.map(withStoredIds),
            identifiers: body?.identifiers ?? [],
            now: clock.now(),
          },
          trusted: parameters.skip_validation === true || parameters.direct === true,
          cause: { source: changeSource(principal), activityId: parameters.activity_id },
        }),
      );
      return { data: written.map(readingToWire) };
    },

    async pruneMeterReadings(call) {
      const { parameters, body, principal, tenant } = call;
      const viewer = await viewerOf(platform, call);
      requireReadingAction(viewer, 'delete');
      if (body.keep_external_ids.length > MOST_KEPT) {
        throw invalid({ path: 'body.keep_external_ids', message: `may have ${MOST_KEPT} entries` });
      }
      const scope = {
        meterId: sentId('body.meter_id', body.meter_id),
        counterId:
          body.counter_id === undefined ? ('all' as const) : sentId('body.counter_id', body.counter_id),
        source: body.source,
        keepExternalIds: body.keep_external_ids,
      };
      const cause = { source: changeSource(principal), activityId: parameters.activity_id };
      return tenant.transaction(async (tx) => {
        const counts = await countPrune(tx, scope);
        if (parameters.dry_run === true) return pruned(counts.deleted, counts.kept);
        return pruned(await metering.pruneScope(tx, scope, cause), counts.kept);
      });
    },
  };
}

/** A reading whose ids have the form they are stored in. */
function withStoredIds(sent: BatchReading, position: number): BatchReading {
  const path = `body.readings[${position}]`;
  const { meter_id: meter, counter_id: counter } = sent;
  return {
    ...sent,
    ...(meter === undefined ? {} : { meter_id: sentId(`${path}.meter_id`, meter) }),
    ...(counter === undefined ? {} : { counter_id: sentId(`${path}.counter_id`, counter) }),
  };
}

function pruned(deleted: number, kept: number) {
  return { data: { deleted_count: deleted, kept_count: kept } };
}

/** The meter and counter of a path, as far as the caller may see them. Readings outlive the relation between the two. */
async function placeInReach(viewer: Viewer, meterId: string, counterId: string): Promise<ReadingPlace> {
  if (counterId === NO_COUNTER) {
    const { id } = await viewer.load('meter', meterId);
    return { meterId: id, counterId: undefined };
  }
  const [meter, counter] = await viewer.loadBoth(
    { schema: 'meter', id: meterId },
    { schema: 'meter_counter', id: counterId },
  );
  return { meterId: meter.id, counterId: counter.id };
}

/** What waits for its place among the readings of an interval; readings without a counter never wait. */
async function pendingIn(
  { tenant, principal }: Pick<Call, 'tenant' | 'principal'>,
  { meterId, counterId }: ReadingPlace,
  interval: Pick<PendingQuery, 'from' | 'until' | 'direction'>,
): Promise<Document[]> {
  if (counterId === undefined) return [];
  const pending = await pendingInInterval(tenant, { ...interval, meterId, counterId });
  return pending.map((changeset) => shownChangeset(changeset, principal));
}

/** A date stands for a whole German day, an instant for itself. */
function boundary(name: string, text: string, ofDay: (day: string) => Date): Date {
  const read = readInstant(text);
  if (!read) throw invalid({ path: `query.${name}`, message: 'is no date and no instant' });
  return read.day === undefined ? read.instant : ofDay(read.day);
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least && value <= 1_000_000_000) return value;
  throw invalid({ path: `query.${name}`, message: `must be a whole number from ${least}` });
}
