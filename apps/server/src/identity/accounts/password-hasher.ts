import { hash, verify } from '@node-rs/argon2';
import { Refusal } from '../../refusal.ts';

/** OWASP's second set for Argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Each computation takes 19 MiB and a core; more at once would only starve the rest of the process. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 200;

/** Argon2id off the event loop, two at a time. */
export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #decoy: Promise<string> | undefined;

  /** A hash in PHC notation with a salt of its own. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, COST));
  }

  /**
   * Whether the password fits. Without a hash it works just as long on a decoy and answers false, so that the time says nothing about
   * whether an account exists (portal §1.8).
   */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    this.#decoy ??= this.hash('decoy');
    const against = stored ?? (await this.#decoy);
    const fits = await this.#inTurn(() => verify(against, password));
    return stored !== undefined && fits;
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= MOST_AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING)
        throw new Refusal(503, 'UNAVAILABLE', 'Too many sign-ins at once', { retryAfter: 2 });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
