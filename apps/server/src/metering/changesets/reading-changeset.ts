import type { Document } from '../../entities/index.ts';
import type { ReadingValues } from '../reading.ts';
import type { ReadingMatching } from './reading-matching.ts';

/** A reading that waits for the ERP (`external`) or for staff (`approval`). */
export interface ReadingChangeset {
  readonly id: string;
  readonly proposed: ReadingValues & { readonly counterId: string };
  /** The stored reading that it would replace, as it was when it was proposed. */
  readonly previous: ReadingValues | undefined;
  readonly editMode: 'external' | 'approval';
  readonly matching: ReadingMatching;
  /** UTC. */
  readonly createdAt: Date;
  readonly createdBy: { readonly type?: string; readonly id?: string };
}

/** The JSON that staff and other systems see (contract schema `MeterReadingChangeset`). */
export function changesetToWire(changeset: ReadingChangeset): Document {
  const { proposed, previous, matching } = changeset;
  return {
    changeset_id: changeset.id,
    meter_id: proposed.meterId,
    counter_id: proposed.counterId,
    proposed: valuesToWire(proposed),
    ...(previous ? { previous: valuesToWire(previous) } : {}),
    edit_mode: changeset.editMode,
    ...matching,
    created_at: changeset.createdAt.toISOString(),
    created_by: changeset.createdBy,
    source: proposed.source,
  };
}

/** Contract schema `ProposedReading`. */
function valuesToWire({ details, ...values }: ReadingValues): Document {
  const { remark, read_by: readBy } = details;
  return {
    value: values.value,
    direction: values.direction,
    timestamp: values.timestamp.toISOString(),
    status: values.status,
    ...(values.reason ? { reason: values.reason } : {}),
    ...(typeof remark === 'string' ? { remark } : {}),
    ...(typeof readBy === 'string' ? { read_by: readBy } : {}),
    ...(values.externalId === undefined ? {} : { external_id: values.externalId }),
  };
}
