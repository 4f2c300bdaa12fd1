import type { Clock } from '../../ports/index.ts';

const MOST_ENTRIES = 10_000;

/** Remembers verified tokens by fingerprint for some seconds, so that a request does not pay for RSA and a record each time. */
export class VerdictCache<Verdict> {
  readonly #clock: Clock;
  readonly #keptMs: number;
  readonly #entries = new Map<string, { readonly until: number; readonly verdict: Verdict }>();

  constructor(clock: Clock, keptMs: number) {
    this.#clock = clock;
    this.#keptMs = keptMs;
  }

  get(key: string): Verdict | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.until > this.#clock.now().getTime()) return entry.verdict;
    this.#entries.delete(key);
    return undefined;
  }

  /** Keeps a verdict, at most until the token itself ends. When full, the oldest entries make room. */
  set(key: string, verdict: Verdict, endsAt: Date | undefined): void {
    const now = this.#clock.now().getTime();
    const until = Math.min(now + this.#keptMs, endsAt?.getTime() ?? Number.POSITIVE_INFINITY);
    this.#entries.delete(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < MOST_ENTRIES) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { until, verdict });
  }

  /** Drops every verdict the test accepts, at once. */
  forget(matches: (verdict: Verdict) => boolean): void {
    for (const [key, entry] of this.#entries) if (matches(entry.verdict)) this.#entries.delete(key);
  }
}
