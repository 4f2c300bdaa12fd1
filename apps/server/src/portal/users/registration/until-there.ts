import { setTimeout as wait } from 'node:timers/promises';
import type { UsersPlatform } from '../users-platform.ts';

/** A third party may know a contact before it has arrived here: how long to wait for it, and how often to look meanwhile. */
const MOST_WAITING_MS = 15_000;
const LOOKS = 15;

/** Looks until there is something to see; undefined when the time is over (portal §4.3). Not for use inside a transaction. */
export async function untilThere<Found>(
  { mostWaitingMs = MOST_WAITING_MS }: Pick<UsersPlatform, 'mostWaitingMs'>,
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  for (let looked = 0; ; looked += 1) {
    const found = await look();
    if (found !== undefined || looked === LOOKS) return found;
    await wait(mostWaitingMs / LOOKS);
  }
}
