/** Refuses tenants whose expressions keep having to be killed. Times are milliseconds of a monotonic clock. */
export class CircuitBreaker {
  readonly #kills = new Map<string, number[]>();
  readonly #most: number;
  readonly #windowMs: number;

  /** `most` kills within `windowMs` open the breaker until the oldest of them is that long ago. */
  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  record(tenant: string): void {
    this.#kills.set(tenant, [...this.#recent(tenant), performance.now()]);
  }

  isOpen(tenant: string): boolean {
    return this.#recent(tenant).length >= this.#most;
  }

  #recent(tenant: string): readonly number[] {
    const kills = this.#kills.get(tenant);
    if (kills === undefined) return [];
    const since = performance.now() - this.#windowMs;
    const recent = kills.filter((at) => at > since);
    if (recent.length === 0) this.#kills.delete(tenant);
    else this.#kills.set(tenant, recent);
    return recent;
  }
}
