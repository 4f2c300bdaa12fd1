import { createHash } from 'node:crypto';

/** What somebody tries to prove to be: the owner of an address at a portal, from a client. */
export interface GuessedAt {
  readonly portalId: string;
  /** Lower case. */
  readonly email: string;
  /** From `clientNetwork`, or {@link SIGNED_IN}. */
  readonly client: string;
}

/** The client of somebody who holds a session already: strangers never use up what they may try. */
export const SIGNED_IN = 'signed-in';

/** The key of a counter: nobody can be read back from it, and counters of different kinds never mix. */
export function counterKey(kind: string, ...parts: readonly string[]): string {
  return createHash('sha256')
    .update([kind, ...parts].join('\n'))
    .digest('base64url');
}
