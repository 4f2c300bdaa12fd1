import type { Document } from '../../entities/index.ts';
import type { Reading, ReadingValues, Source, Status } from '../reading.ts';

/** A reading of a batch as the contract describes it (schema `BatchReading`). */
export interface BatchReading {
  readonly operation?: 'create' | 'update' | 'delete';
  readonly meter_id?: string;
  readonly counter_id?: string;
  readonly direction?: 'feed-in' | 'feed-out';
  readonly timestamp?: string;
  readonly external_id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly value?: number;
  readonly source?: Source;
  readonly read_by?: string | null;
  readonly reason?: string | null;
  readonly status?: Status | '' | null;
  readonly remark?: string | null;
  readonly note?: string;
  readonly unit?: string;
}

const DETAILS = ['read_by', 'remark', 'note', 'unit', 'metadata'] as const;

/** What a batch has settled of a reading before it is stored. */
export type SettledPlace = Pick<ReadingValues, 'meterId' | 'counterId' | 'direction' | 'timestamp'>;

/** The values to store: over an existing reading, members that were not sent stay and `null` clears. */
export function batchValues(
  sent: BatchReading & { readonly value: number; readonly source: Source },
  place: SettledPlace,
  existing: Reading | undefined,
): ReadingValues {
  const reason = sent.reason === undefined ? existing?.reason : sent.reason;
  const status = sent.status === undefined ? existing?.status : sent.status;
  return {
    ...place,
    value: sent.value,
    source: sent.source,
    reason: reason || null,
    status: status || 'valid',
    externalId: sent.external_id ?? existing?.externalId,
    details: detailsOf(sent, existing?.details ?? {}),
  };
}

function detailsOf(sent: BatchReading, before: Document): Document {
  const members = DETAILS.flatMap((name): [string, unknown][] =>
    sent[name] === undefined ? [] : [[name, sent[name]]],
  );
  const all = Object.entries({ ...before, ...Object.fromEntries(members) });
  return Object.fromEntries(all.filter(([, value]) => value !== null));
}
