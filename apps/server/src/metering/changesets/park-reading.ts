import { randomUUID } from 'node:crypto';
import type { ChangeSource } from '../../entities/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { ReadingValues, Status } from '../reading.ts';
import type { PreparedReading } from '../submission/prepare-reading.ts';
import { draftSubmitted, submittedValues } from '../submission/store-submitted.ts';
import { pendingOfCounter, removeChangesets, saveChangeset } from './changeset-store.ts';
import type { ReadingEditMode } from './reading-edit-mode.ts';

/**
 * Keeps a submitted reading as a proposal, held against its neighbours as if it were stored. A counter has one proposal per direction and
 * instant; a new one takes the place of the old. Answers the values as they wait, with the status `in-validation` unless they are implausible.
 * @throws Refusal 400 with the reasons `less_than_previous`, `greater_than_subsequent`
 */
export async function parkReading(
  tx: TenantTransaction,
  prepared: PreparedReading & { readonly counter: NonNullable<PreparedReading['counter']> },
  status: Status,
  { mode, matching }: Exclude<ReadingEditMode, { mode: 'direct' }>,
  { actor }: ChangeSource,
  now: Date,
): Promise<ReadingValues> {
  const { existing } = await draftSubmitted(tx, prepared, now);
  const waiting = status === 'valid' ? 'in-validation' : status;
  const proposed = { ...submittedValues(prepared, waiting), counterId: prepared.counter.id };
  const replaced = (await pendingOfCounter(tx, proposed)).filter(
    (pending) =>
      pending.proposed.direction === proposed.direction &&
      pending.proposed.timestamp.getTime() === proposed.timestamp.getTime(),
  );
  await removeChangesets(tx, replaced);
  await saveChangeset(tx, {
    ...{ id: randomUUID(), proposed, previous: existing, editMode: mode, matching, createdAt: now },
    createdBy: {
      type: actor.type === 'system' ? 'automation' : actor.type,
      ...(actor.id === undefined ? {} : { id: actor.id }),
    },
  });
  return proposed;
}
