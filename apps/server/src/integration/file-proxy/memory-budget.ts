import { Refusal } from '../../refusal.ts';

/** Bytes of answers that all downloads of a process together may hold; parsed and decoded they take about three times as much. */
const MOST_BYTES = 256 * 1024 * 1024;
const RETRY_SECONDS = 10;

/** What one download holds. */
export interface MemoryShare {
  /** @throws Refusal 503 `FILE_PROXY_BUSY` when there is no room for more */
  take(bytes: number): void;
  /** Gives everything back. */
  release(): void;
}

/** Keeps many large downloads at a time from exhausting the process. Streamed files hold next to nothing and are not counted. */
export class MemoryBudget {
  readonly #most: number;
  #held = 0;

  constructor(most: number = MOST_BYTES) {
    this.#most = most;
  }

  /** A share with nothing in it. */
  open(): MemoryShare {
    let mine = 0;
    return {
      take: (bytes) => {
        if (this.#held + bytes > this.#most)
          throw new Refusal(503, 'FILE_PROXY_BUSY', 'Too many large downloads at a time', {
            retryAfter: RETRY_SECONDS,
          });
        this.#held += bytes;
        mine += bytes;
      },
      release: () => {
        this.#held -= mine;
        mine = 0;
      },
    };
  }
}
