import { type ChunkPart, identitiesOf } from './apply-chunk.ts';
import type { OutcomeRecord } from './event-outcome.ts';
import type { PreparedEvent } from './prepare-event.ts';

/** Most identities that one transaction locks, so that the database's lock table suffices for many transactions. */
const MOST_IDENTITIES = 300;
/** Most steps of one transaction. */
const MOST_STEPS = 200;

/**
 * Cuts prepared events into chunks of whole steps in their order: small events share a transaction, a large one takes several. `recordOf`
 * answers the outcome of an event after the chunks before.
 */
export function* chunksOf(
  events: readonly PreparedEvent[],
  recordOf: (event: PreparedEvent) => OutcomeRecord,
): Generator<ChunkPart[]> {
  let parts: ChunkPart[] = [];
  let identities = 0;
  let steps = 0;
  for (const prepared of events) {
    let from = prepared.queued.progress;
    for (let at = from; at < prepared.steps.length; at += 1) {
      const step = prepared.steps[at];
      const needed = step ? identitiesOf(step).length : 0;
      const isFull = identities + needed > MOST_IDENTITIES || steps >= MOST_STEPS;
      if (isFull && (parts.length > 0 || at > from)) {
        if (at > from) parts.push({ prepared, from, to: at, record: recordOf(prepared) });
        yield parts;
        parts = [];
        identities = 0;
        steps = 0;
        from = at;
      }
      identities += needed;
      steps += 1;
    }
    parts.push({ prepared, from, to: prepared.steps.length, record: recordOf(prepared) });
  }
  if (parts.length > 0) yield parts;
}
