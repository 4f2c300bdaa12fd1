import type { Document } from '../../entities/index.ts';
import { invalid } from '../../refusal.ts';
import type { ReadingChangeset } from '../changesets/reading-changeset.ts';
import type { Direction, Status } from '../reading.ts';
import { readInstant } from '../reading-instant.ts';

/** What staff may change of a proposed reading (contract schema `ProposedReading`). */
interface SentProposal {
  readonly value: number;
  readonly direction?: Direction;
  readonly timestamp?: string;
  readonly reason?: string;
  readonly remark?: string;
  readonly read_by?: string;
  readonly status?: Status;
  readonly external_id?: string;
}

const REASONS: ReadonlySet<string> = new Set([
  ...['', 'regular', 'irregular', 'last', 'first', 'meter_change', 'contract_change', 'meter_adjustment'],
]);

/** The proposal with the members that were sent; the others stay. @throws Refusal 400 for a value, a timestamp or a reason that is none */
export function changedProposal(
  proposed: ReadingChangeset['proposed'],
  sent: SentProposal | undefined,
): ReadingChangeset['proposed'] {
  if (!sent) return proposed;
  // JSON's 1e400 is read as infinite.
  if (!Number.isFinite(sent.value) || sent.value < 0)
    throw invalid({ path: 'body.proposed.value', message: 'must be a finite number from 0' });
  const timestamp = sent.timestamp === undefined ? proposed.timestamp : readInstant(sent.timestamp)?.instant;
  if (!timestamp) throw invalid({ path: 'body.proposed.timestamp', message: 'is no date and no instant' });
  if (sent.reason !== undefined && !REASONS.has(sent.reason))
    throw invalid({ path: 'body.proposed.reason', message: 'is none of the reasons of readings' });
  const details: Document = {
    ...proposed.details,
    ...(sent.remark === undefined ? {} : { remark: sent.remark }),
    ...(sent.read_by === undefined ? {} : { read_by: sent.read_by }),
  };
  return {
    ...proposed,
    ...{ timestamp, details, value: sent.value },
    direction: sent.direction ?? proposed.direction,
    reason: sent.reason === undefined ? proposed.reason : sent.reason || null,
    status: sent.status ?? proposed.status,
    externalId: sent.external_id ?? proposed.externalId,
  };
}
