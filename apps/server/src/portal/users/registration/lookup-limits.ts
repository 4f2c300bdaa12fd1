import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { clientNetwork, countAttempt, SURFACE_LIMITS } from '../../../identity/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';

/** Where a public question comes from. */
export interface Asker {
  readonly ip: string;
}

/** Answers that tell whether somebody exists take at least this long (portal §1.8). */
const FLOOR_MS = 300;
const JITTER_MS = 60;

/** Counts a question whether somebody exists, by IP and portal (portal §1.7). Throws 429. */
export async function countLookup(
  queries: TenantQueries,
  subject: string,
  { ip }: Asker,
  now: Date,
): Promise<void> {
  await countAttempt(queries, SURFACE_LIMITS.lookupPerMinute, `${subject} ${clientNetwork(ip)}`, now);
  await countAttempt(queries, SURFACE_LIMITS.lookupPerHour, `${subject} ${clientNetwork(ip)}`, now);
}

/** Counts a registration, by IP and portal. Throws 429. */
export function countRegistration(
  queries: TenantQueries,
  portalId: string,
  { ip }: Asker,
  now: Date,
): Promise<void> {
  return countAttempt(queries, SURFACE_LIMITS.registrationPerIp, `${portalId} ${clientNetwork(ip)}`, now);
}

/** Runs a question that tells whether somebody exists, and holds its answer back until all such answers look alike from outside. */
export async function inUniformTime<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  const least = wait(FLOOR_MS + randomInt(JITTER_MS));
  try {
    return await question();
  } finally {
    await least;
  }
}
