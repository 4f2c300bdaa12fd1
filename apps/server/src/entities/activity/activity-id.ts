import { monotonicFactory } from 'ulid';

const next = monotonicFactory();

/** A ULID for an activity at this instant; those of one process keep their order also within a millisecond. */
export function newActivityId(now: Date): string {
  return next(now.getTime());
}
