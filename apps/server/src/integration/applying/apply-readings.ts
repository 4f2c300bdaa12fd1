import type { ReadingPruneScope, ReadingUpdate } from '@busbar/mapping';
import type { ErpOrigin, ErpWrite, Metering, Source } from '../../metering/index.ts';
import type { EventOutcome } from '../pipeline/event-outcome.ts';
import type { ApplySession } from './apply-session.ts';
import {
  type FoundPlace,
  findReadingPlace,
  type ReadingDestination,
  type WantedPlace,
} from './find-reading-place.ts';

/** Reading mappings are numbered after any entity mapping, so that both kinds fit into one list of spoiled ones. */
const READING_MAPPINGS = 1_000_000;

const SOURCES: readonly Source[] = ['ECP', 'ERP', '360', 'journey-submission'];

/** What reading steps work with. */
export interface ReadingContext {
  readonly session: ApplySession;
  readonly store: Pick<Metering, 'write' | 'prune'>;
  readonly origin: ErpOrigin;
  readonly outcome: EventOutcome;
}

/** Applies readings of one event in order (erp-integration.md 9). Refused ones do not stop the others. */
export async function applyReadings(
  { session, store, origin, outcome }: ReadingContext,
  updates: readonly ReadingUpdate[],
): Promise<void> {
  const places = new Map<string, FoundPlace>();
  const writes: { readonly update: ReadingUpdate; readonly write: ErpWrite }[] = [];
  const refuse = (update: ReadingUpdate, code: string, reason: string) => {
    outcome.spoil(READING_MAPPINGS + update.mapping);
    outcome.failed('meter_reading', {
      code,
      category: 'validation',
      message: `reading ${update.item + 1}: ${reason}`,
    });
  };
  for (const update of updates) {
    // Mapping has reported why; the pipeline only must not write it.
    if (!update.reading.ok) {
      outcome.spoil(READING_MAPPINGS + update.mapping);
      continue;
    }
    const wanted: WantedPlace = {
      meter: update.meter,
      meterCounter: update.meterCounter,
      direction: update.mode === 'upsert' ? update.reading.value.direction : undefined,
    };
    const key = JSON.stringify([wanted.meter.values, wanted.meterCounter?.values, wanted.direction]);
    const place = places.get(key) ?? (await findReadingPlace(session, wanted));
    places.set(key, place);
    if ('refused' in place) refuse(update, 'ENTITY_REFERENCE_NOT_FOUND', place.refused);
    else writes.push({ update, write: writeOf(update, place) });
  }
  if (writes.length === 0) return;
  const results = await store.write(
    session.tx,
    writes.map(({ write }) => write),
    origin,
  );
  for (const [index, { update, write }] of writes.entries()) {
    const result = results[index];
    if (result?.outcome === 'refused') {
      refuse(update, result.code, result.message);
      continue;
    }
    outcome.applied('meter_reading');
    const { meterId, counterId } = write.place;
    const note = { eventId: origin.eventId, operation: write.mode };
    for (const id of counterId === undefined ? [meterId] : [meterId, counterId])
      session.noteReadings(id, note);
  }
}

function writeOf(update: ReadingUpdate, { place, direction }: ReadingDestination): ErpWrite {
  const { matching } = update;
  if (update.mode === 'delete' && update.reading.ok)
    return { mode: 'delete', place, matching, key: update.reading.value };
  if (update.mode === 'upsert' && update.reading.ok)
    return { mode: 'upsert', place, matching, reading: update.reading.value, direction };
  throw new Error('Only checked readings are written');
}

/** Deletes the readings of a meter and counter that an event no longer names (erp-integration.md 6.13); doubtful scopes are left alone. */
export async function pruneReadings(
  { session, store, origin, outcome }: ReadingContext,
  scope: ReadingPruneScope,
): Promise<void> {
  const withhold = (reason: string) =>
    outcome.warn('meter_reading', {
      code: 'PRUNE_SCOPE_PARTIAL_FAILURE',
      category: 'validation',
      message: `No readings were pruned: ${reason}`,
    });
  if (outcome.isSpoiled(READING_MAPPINGS + scope.mapping)) return withhold('a reading was refused');
  const found = await findReadingPlace(session, { ...scope, direction: undefined });
  if ('refused' in found) return withhold(found.refused);
  const source = SOURCES.find((known) => known === scope.source);
  if (scope.source !== undefined && !source) return withhold('the scope names an unknown source');
  const keep = { externalIds: scope.keepExternalIds, source };
  outcome.pruned('meter_reading', await store.prune(session.tx, found.place, keep, origin));
}
