import { createHash } from 'node:crypto';

/** Lanes of an integration beside the one of events without a group (contract: at most 20 groups are processed at a time). */
export const MOST_LANES = 20;

/** The lane in which a group's events are processed, 1 to 20, always the same one; 0 without a group. */
export function laneOf(groupId: string | undefined): number {
  if (groupId === undefined) return 0;
  return 1 + (createHash('sha256').update(groupId).digest().readUInt32BE() % MOST_LANES);
}
