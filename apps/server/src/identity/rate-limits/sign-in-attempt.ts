import type { TenantQueries } from '../../storage/index.ts';
import { clearClientLock, countAtClient, lockClient } from './client-lock.ts';
import type { GuessedAt } from './guessed-at.ts';
import { isKnownClient, rememberClient } from './known-clients.ts';
import { admitUnfamiliar, giveBackUnfamiliar } from './sign-in-pace.ts';

/** An attempt that has been counted, to be closed with {@link attemptFailed} or {@link attemptSucceeded}. */
export interface SignInAttempt extends GuessedAt {
  /** False: whatever is shown, the answer is that of a wrong password, after the same work. */
  readonly isOpen: boolean;
  /** The last one this client has: its failure locks the client out. */
  readonly isLast: boolean;
  readonly isUnfamiliar: boolean;
}

/**
 * Counts an attempt before the proof is looked at, so that many at once cannot slip by (portal §1.7). Nobody can lock somebody else out: each
 * client has tries of its own, and a client from which the owner has signed in before, or who holds a session, is untouched by what others do.
 * Addresses without an account are counted just the same: being refused says nothing about existence.
 */
export async function beginSignInAttempt(
  queries: TenantQueries,
  at: GuessedAt,
  now: Date,
): Promise<SignInAttempt> {
  const own = await countAtClient(queries, at, now);
  const isUnfamiliar = !(await isKnownClient(queries, at));
  // A client that is locked out takes nothing from the others.
  const isOpen = own !== 'locked' && (!isUnfamiliar || (await admitUnfamiliar(queries, at, now)));
  return { ...at, isOpen, isLast: own === 'last', isUnfamiliar };
}

/** Locks the client out when that was its last try. */
export async function attemptFailed(
  queries: TenantQueries,
  attempt: SignInAttempt,
  now: Date,
): Promise<void> {
  if (attempt.isLast) await lockClient(queries, attempt, now);
}

/** Forgets the failures of this client; those of others stay. */
export async function attemptSucceeded(queries: TenantQueries, attempt: SignInAttempt): Promise<void> {
  await clearClientLock(queries, attempt);
  if (attempt.isUnfamiliar) await giveBackUnfamiliar(queries, attempt);
}

/** Somebody has proved to be the owner of the address: their client is free at once, and known from now on. */
export async function ownerSeen(queries: TenantQueries, at: GuessedAt, now: Date): Promise<void> {
  await clearClientLock(queries, at);
  await rememberClient(queries, at, now);
}
