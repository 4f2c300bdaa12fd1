import type { Clock } from '../../ports/index.ts';
import { tooManyRequests } from '../../refusal.ts';

/** What an organisation may do how often per minute: identity §9 for entities, erp-integration.md 2.2 for the ERP Integration API. */
const PER_MINUTE = { mutation: 500, search: 5_000, erp: 1_000 } as const;

export type Volume = keyof typeof PER_MINUTE;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** A token bucket per organisation and kind, in this process only: it protects the server, it does not guard secrets. */
export class VolumeLimit {
  readonly #clock: Clock;
  readonly #perMinute: Readonly<Record<Volume, number>>;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, perMinute: Readonly<Record<Volume, number>> = PER_MINUTE) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Takes `amount` from the organisation's bucket; throws 429 with the seconds until it would be enough. */
  spend(org: string, volume: Volume, amount = 1): void {
    const capacity = this.#perMinute[volume];
    const now = this.#clock.now().getTime();
    const key = `${volume} ${org}`;
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, filledAt: now };
    const refill = (Math.max(0, now - bucket.filledAt) / 60_000) * capacity;
    bucket.tokens = Math.min(capacity, bucket.tokens + refill);
    bucket.filledAt = now;
    this.#buckets.set(key, bucket);
    // More than a full bucket can never be saved up for: it passes when the bucket is full.
    const needed = Math.min(amount, capacity);
    if (bucket.tokens < needed) throw tooManyRequests(((needed - bucket.tokens) / capacity) * 60);
    bucket.tokens -= needed;
  }
}
