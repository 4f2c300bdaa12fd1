import type { NormalisedReading, ReadingKey, ReadingMatching } from '@busbar/mapping';
import type { TenantTransaction } from '../../storage/index.ts';

/** The meter and the counter a reading belongs to; a meter without counters stores readings without one (erp-integration.md 9.1). */
export interface ReadingPlace {
  readonly meterId: string;
  readonly counterId: string | undefined;
}

/** One write of a reading; matching by external id or German day is the store's business (erp-integration.md 9.3, 9.4). */
export type ReadingWrite =
  | {
      readonly mode: 'upsert';
      readonly place: ReadingPlace;
      readonly matching: ReadingMatching;
      readonly reading: NormalisedReading;
      /** Of the reading, else of the counter, else `feed-out`. */
      readonly direction: 'feed-in' | 'feed-out';
    }
  | {
      readonly mode: 'delete';
      readonly place: ReadingPlace;
      readonly matching: ReadingMatching;
      readonly key: ReadingKey;
    };

/** What became of one write; a refused one has written nothing. */
export type ReadingResult =
  | { readonly outcome: 'written' | 'unchanged' | 'deleted' | 'absent' }
  | { readonly outcome: 'refused'; readonly code: string; readonly message: string };

/** Where an inbound event's readings come from. */
export interface ReadingOrigin {
  readonly integrationId: string;
  readonly eventId: string;
}

/** The metering store as the pipeline needs it. Everything happens in the given transaction. */
export interface ReadingStore {
  /** Applies writes in order; one result per write. */
  write(
    tx: TenantTransaction,
    writes: readonly ReadingWrite[],
    origin: ReadingOrigin,
  ): Promise<readonly ReadingResult[]>;
  /**
   * Deletes the readings of a place except those with one of the external ids; with a source only readings of it, and without a source only
   * readings that have an external id. Answers how many.
   */
  prune(
    tx: TenantTransaction,
    place: ReadingPlace,
    keep: { readonly externalIds: readonly string[]; readonly source: string | undefined },
  ): Promise<number>;
}
