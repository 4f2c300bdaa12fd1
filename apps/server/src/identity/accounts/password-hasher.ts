import { Refusal } from '../../refusal.ts';
import { type Argon2, openArgon2 } from './argon2.ts';

/** Each computation takes 19 MiB and a core; more at once would only starve the rest of the process. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 200;

/** Argon2id off the event loop, two at a time. */
export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #decoy: Promise<string> | undefined;
  readonly #report: (error: unknown) => void;
  #opened: Promise<Argon2> | undefined;

  /** @param report hears when the fast implementation cannot be used */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** A hash in PHC notation with a salt of its own. */
  hash(password: string): Promise<string> {
    return this.#inTurn((argon2) => argon2.hash(password));
  }

  /**
   * Whether the password fits. Without a hash it works just as long on a decoy and answers false, so that the time says nothing about
   * whether an account exists (portal §1.8).
   */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    this.#decoy ??= this.hash('decoy');
    const against = stored ?? (await this.#decoy);
    const fits = await this.#inTurn((argon2) => argon2.verify(against, password));
    return stored !== undefined && fits;
  }

  async #inTurn<Result>(work: (argon2: Argon2) => Promise<Result>): Promise<Result> {
    this.#opened ??= openArgon2(this.#report);
    const argon2 = await this.#opened;
    if (this.#running >= MOST_AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING)
        throw new Refusal(503, 'UNAVAILABLE', 'Too many sign-ins at once', { retryAfter: 2 });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work(argon2);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
