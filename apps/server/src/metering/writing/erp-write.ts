import type { Direction, ReadingPlace, Source } from '../reading.ts';
import type { Matching } from './match-reading.ts';

/** An instant as the ERP wrote it. */
export interface ErpTimestamp {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly instant: number;
}

/** A reading of an ERP whose values have been checked (erp-integration.md 9.2). */
export interface ErpReading {
  readonly externalId: string;
  readonly timestamp: ErpTimestamp;
  readonly source: Source;
  readonly value: number;
  readonly reason: string | null;
  /** All other attributes as mapped. */
  readonly others: Readonly<Record<string, unknown>>;
}

/** One write of the ERP pipeline. The meter and the counter have been resolved (erp-integration.md 9.1). */
export type ErpWrite =
  | {
      readonly mode: 'upsert';
      readonly place: ReadingPlace;
      readonly matching: Matching;
      readonly reading: ErpReading;
      readonly direction: Direction;
    }
  | {
      readonly mode: 'delete';
      readonly place: ReadingPlace;
      readonly matching: Matching;
      readonly key: {
        readonly externalId: string | undefined;
        readonly timestamp: ErpTimestamp | undefined;
        readonly direction?: Direction | undefined;
      };
    };

/** What became of one write. A refused one has written nothing; the others of the call stand. */
export type ErpWriteResult =
  | { readonly outcome: 'written' | 'unchanged' | 'deleted' | 'absent' }
  | { readonly outcome: 'refused'; readonly code: string; readonly message: string };
