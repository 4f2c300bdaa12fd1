import type { Operations } from '../../contract/operation-types.ts';
import { changeSource, createActivity, isDocument } from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import { notFound } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { type CounterPlace, pendingOfCounter, saveChangeset } from '../changesets/changeset-store.ts';
import { changesetToWire, type ReadingChangeset } from '../changesets/reading-changeset.ts';
import { readingToWire } from '../reading.ts';
import { lockMeters } from '../store/lock-meters.ts';
import { changedProposal } from './changed-proposal.ts';
import type { MeteringPlatform } from './platform.ts';
import { shownChangeset } from './shown-changeset.ts';
import { requireReadingAction, viewerOf } from './viewer.ts';

interface ChangesetPath {
  readonly meter_id: string;
  readonly counter_id: string;
  readonly changeset_id: string;
}
type ChangesetCall = Pick<Call<ChangesetPath>, 'principal' | 'tenant' | 'parameters'>;

/** Readings that wait, and what staff decide about them (contract `metering`, spec/portal.md §8.1). */
export function changesetOperations(platform: MeteringPlatform): Operations<'metering'> {
  const { metering, clock } = platform;
  return {
    async getReadingChangesets(call) {
      const viewer = await viewerOf(platform, call);
      requireReadingAction(viewer, 'view');
      const meter = await viewer.load('meter', String(call.parameters.meter_id));
      const counter = await viewer.load('meter_counter', String(call.parameters.counter_id));
      const pending = await pendingOfCounter(call.tenant, { meterId: meter.id, counterId: counter.id });
      return { changesets: pending.map((changeset) => shownChangeset(changeset, call.principal)) };
    },

    applyReadingChangeset: (call) =>
      decide(call, async (tx, changeset) => {
        const activityId = await announce(tx, call, changeset, 'ChangesetApplied');
        const cause = { source: changeSource(call.principal), activityId };
        const reading = await metering.acceptReading(tx, changeset, cause);
        return { reading: readingToWire(reading), changeset: changesetToWire(changeset) };
      }),

    dismissReadingChangeset: (call) =>
      decide(call, async (tx, changeset) => {
        const reason = isDocument(call.body) ? call.body['reason'] : undefined;
        await announce(tx, call, changeset, 'ChangesetDismissed', reason);
        await metering.dismissReading(tx, changeset);
        return {
          ...changesetToWire(changeset),
          ...(typeof reason === 'string' ? { dismissed_reason: reason } : {}),
          dismissed_at: clock.now().toISOString(),
        };
      }),

    updateReadingChangeset: (call) =>
      decide(call, async (tx, changeset) => {
        const changed = { ...changeset, proposed: changedProposal(changeset.proposed, call.body?.proposed) };
        await saveChangeset(tx, changed);
        return changesetToWire(changed);
      }),
  };

  /** Loads the proposal under the lock of its meter, for callers who may edit readings. Throws 404 when it does not wait any more. */
  async function decide<Answer>(
    call: ChangesetCall,
    work: (tx: TenantTransaction, changeset: ReadingChangeset) => Promise<Answer>,
  ): Promise<Answer> {
    const { tenant, parameters } = call;
    const viewer = await viewerOf(platform, call);
    requireReadingAction(viewer, 'edit');
    const meter = await viewer.load('meter', String(parameters.meter_id));
    const counter = await viewer.load('meter_counter', String(parameters.counter_id));
    const place: CounterPlace = { meterId: meter.id, counterId: counter.id };
    return tenant.transaction(async (tx) => {
      await lockMeters(tx, [place.meterId]);
      const pending = await pendingOfCounter(tx, place);
      const changeset = pending.find(({ id }) => id === parameters.changeset_id.toLowerCase());
      if (!changeset) throw notFound('The reading changeset', 'CHANGESET_NOT_FOUND');
      return work(tx, changeset);
    });
  }

  /** Shows a decision in the feeds of the meter and the counter, and tells other systems. */
  async function announce(
    tx: TenantTransaction,
    { principal }: Pick<Call, 'principal'>,
    changeset: ReadingChangeset,
    type: 'ChangesetApplied' | 'ChangesetDismissed',
    reason?: unknown,
  ): Promise<string> {
    const { meterId, counterId } = changeset.proposed;
    const { id } = await createActivity(
      tx,
      {
        type,
        title: type === 'ChangesetApplied' ? 'Proposed reading applied' : 'Proposed reading dismissed',
        message: `{{caller}} ${type === 'ChangesetApplied' ? 'applied' : 'dismissed'} a proposed reading of {{entity payload.entity.id payload.entity.schema}}`,
        payload: {
          entity: { id: meterId, schema: 'meter' },
          reading_changeset: changesetToWire(changeset),
          ...(typeof reason === 'string' ? { reason } : {}),
        },
      },
      [meterId, counterId],
      changeSource(principal),
      clock.now(),
    );
    return id;
  }
}
