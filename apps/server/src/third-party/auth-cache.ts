import type { Clock } from '../ports/index.ts';
import type { ThirdPartyAnswer } from './ask-third-party.ts';

interface Kept {
  readonly answer: Promise<ThirdPartyAnswer>;
  /** Milliseconds since 1970; until the answer is there, it does not end. */
  endsAt: number;
}

const MOST_KEPT = 1000;
const MARGIN_SECONDS = 30;
const LONGEST_SECONDS = 24 * 60 * 60;

/** Answers of authentication calls, kept in memory for their time to live (portal §9.2 step 3); concurrent questions for one key share a call. */
export class AuthCache {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The kept answer, or a fresh one. Only 2xx is kept, for 30 seconds less than `ttlOf` says and a day at the most. */
  async get(
    key: string,
    ask: () => Promise<ThirdPartyAnswer>,
    ttlOf: (answer: ThirdPartyAnswer) => number,
  ): Promise<ThirdPartyAnswer> {
    const known = this.#kept.get(key);
    if (known && known.endsAt > this.#clock.now().getTime()) return known.answer;
    const kept: Kept = { answer: ask(), endsAt: Number.POSITIVE_INFINITY };
    this.#kept.set(key, kept);
    this.#trim();
    try {
      const answer = await kept.answer;
      const seconds = Math.min(ttlOf(answer) - MARGIN_SECONDS, LONGEST_SECONDS);
      const isGood = answer.status >= 200 && answer.status < 300 && seconds > 0;
      if (isGood) kept.endsAt = this.#clock.now().getTime() + seconds * 1000;
      else this.#forget(key, kept);
      return answer;
    } catch (error) {
      this.#forget(key, kept);
      throw error;
    }
  }

  /** Drops an answer that the third party does not accept any more. */
  drop(key: string): void {
    this.#kept.delete(key);
  }

  #forget(key: string, kept: Kept): void {
    if (this.#kept.get(key) === kept) this.#kept.delete(key);
  }

  #trim(): void {
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) return;
      this.#kept.delete(oldest);
    }
  }
}
