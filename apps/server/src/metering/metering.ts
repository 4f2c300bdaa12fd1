import type { ChangeSource, EntityGraph, WriteOptions } from '../entities/index.ts';
import { attachActivity } from '../entities/index.ts';
import type { Clock } from '../ports/index.ts';
import type { TenantTransaction } from '../storage/index.ts';
import { acceptReading, clearConfirmed } from './changesets/accept-reading.ts';
import { removeChangesets } from './changesets/changeset-store.ts';
import { parkReading } from './changesets/park-reading.ts';
import type { ReadingChangeset } from './changesets/reading-changeset.ts';
import { readingEditMode } from './changesets/reading-edit-mode.ts';
import { refreshCounters } from './counters/refresh-counters.ts';
import type { Reading, ReadingPlace, ReadingValues, Source, Status } from './reading.ts';
import { lockMeters } from './store/lock-meters.ts';
import { deletePruned, type PruneScope } from './store/prune-readings.ts';
import type { PreparedReading } from './submission/prepare-reading.ts';
import { storeSubmitted } from './submission/store-submitted.ts';
import type { ErpWrite, ErpWriteResult } from './writing/erp-write.ts';
import { type EventCause, raiseReadingAdded } from './writing/raise-reading-added.ts';
import type { SavedReadings } from './writing/reading-drafts.ts';
import { writeErpReadings } from './writing/write-erp-readings.ts';

/** Which inbound event an ERP's readings come from. */
export interface ErpOrigin {
  readonly integrationId: string;
  readonly eventId: string;
}

/** Who writes, for the activity of the counters and for the event. */
export interface WriteCause {
  readonly source: ChangeSource;
  /** An activity that shows in the feeds of the meter and its counters instead of new ones. */
  readonly activityId?: string | undefined;
}

/**
 * The writing side of the readings, for the whole server. Everything a write leads to happens in the caller's transaction: the readings, the
 * counters' newest values, and `MeterReadingAdded` unless the reading came from an ERP.
 */
export class Metering {
  readonly #graph: EntityGraph;
  readonly #clock: Clock;

  constructor(options: { readonly graph: EntityGraph; readonly clock: Clock }) {
    this.#graph = options.graph;
    this.#clock = options.clock;
  }

  /** Applies an ERP's writes in order, one result per write (erp-integration.md 9); at most some hundreds per call. */
  async write(
    tx: TenantTransaction,
    writes: readonly ErpWrite[],
    origin: ErpOrigin,
  ): Promise<readonly ErpWriteResult[]> {
    const { results, saved } = await writeErpReadings(tx, writes, this.#clock.now());
    await clearConfirmed(tx, saved.written);
    await this.settle(tx, saved, { source: erpSource(origin) });
    return results;
  }

  /**
   * Deletes an ERP's readings of a place except those with one of the external ids (erp-integration.md 9.4); with a source only readings of it,
   * and only then those without an external id. Answers how many.
   */
  async prune(
    tx: TenantTransaction,
    { meterId, counterId }: ReadingPlace,
    keep: { readonly externalIds: readonly string[]; readonly source: Source | undefined },
    origin?: ErpOrigin,
  ): Promise<number> {
    const scope = { meterId, counterId, source: keep.source, keepExternalIds: keep.externalIds };
    return this.pruneScope(tx, scope, { source: erpSource(origin) });
  }

  /** Deletes what a prune scope names; answers how many. */
  async pruneScope(tx: TenantTransaction, scope: PruneScope, cause: WriteCause): Promise<number> {
    await lockMeters(tx, [scope.meterId]);
    const deleted = await deletePruned(tx, scope);
    const counters = new Set(deleted.filter((id) => id !== undefined));
    if (deleted.length > 0) await this.#refresh(tx, [scope.meterId], [...counters], cause);
    return deleted.length;
  }

  /**
   * Takes a prepared reading that somebody submitted, checked once more under lock (portal.md 8.1). `status` is `valid`, or what a plausibility
   * hook left in doubt. It is stored, or waits as a proposal where the edit mode of counters is not direct or `needsApproval` says so; either
   * way `MeterReadingAdded` is raised, and once more when a proposal is applied.
   * @throws Refusal 400 with the reasons `less_than_previous`, `greater_than_subsequent`
   */
  async createReading(
    tx: TenantTransaction,
    prepared: PreparedReading,
    options: WriteCause & { readonly status?: Status; readonly needsApproval?: boolean },
  ): Promise<ReadingValues> {
    const { counter } = prepared;
    const status = options.status ?? 'valid';
    const now = this.#clock.now();
    const edit = await readingEditMode(tx, options.needsApproval === true);
    if (counter && edit.mode !== 'direct') {
      const proposed = await parkReading(tx, { ...prepared, counter }, status, edit, options.source, now);
      if (options.activityId !== undefined) await attachActivity(tx, options.activityId, [counter.id]);
      await raiseReadingAdded(tx, [proposed], eventCause(options.source), now);
      return proposed;
    }
    const { reading, saved } = await storeSubmitted(tx, prepared, status, now);
    await this.settle(tx, saved, options);
    return reading;
  }

  /** Stores a proposed reading that staff has approved, and removes the proposal. The meter must be locked. */
  async acceptReading(
    tx: TenantTransaction,
    changeset: ReadingChangeset,
    cause: WriteCause,
  ): Promise<Reading> {
    const { reading, saved } = await acceptReading(tx, changeset, this.#clock.now());
    await this.settle(tx, saved, cause);
    return reading;
  }

  /** Removes a proposed reading that staff does not want. The meter must be locked. */
  async dismissReading(tx: TenantTransaction, changeset: ReadingChangeset): Promise<void> {
    await removeChangesets(tx, [changeset]);
  }

  /** Brings counters up to date after a save and raises its events. */
  async settle(tx: TenantTransaction, { written, removed }: SavedReadings, cause: WriteCause): Promise<void> {
    const touched = [...written, ...removed];
    if (touched.length === 0) return;
    const counters = new Set(touched.flatMap(({ counterId }) => counterId ?? []));
    const meters = new Set(touched.map(({ meterId }) => meterId));
    await this.#refresh(tx, [...meters], [...counters], cause);
    // What an ERP imports is known to it, whoever read the meter: an event would send every sync back.
    if (cause.source.kind === 'erp') return;
    await raiseReadingAdded(tx, written, eventCause(cause.source), this.#clock.now());
  }

  async #refresh(
    tx: TenantTransaction,
    meterIds: readonly string[],
    counterIds: readonly string[],
    { source, activityId }: WriteCause,
  ): Promise<void> {
    const options: WriteOptions = { source, ...(activityId === undefined ? {} : { activityId }) };
    if (activityId !== undefined) await attachActivity(tx, activityId, [...meterIds, ...counterIds]);
    if (counterIds.length > 0) await refreshCounters(tx, this.#graph, counterIds, options);
  }
}

function erpSource(origin?: ErpOrigin): ChangeSource {
  return { kind: 'erp', actor: { type: 'system' }, ...origin };
}

function eventCause({ kind, actor }: ChangeSource): EventCause {
  return { sourceType: kind === 'portal' ? 'portal_user' : 'api', source: actor.id };
}
