/** Work waiting per tenant, handed out in turns: a tenant with much of it waits behind one with little. */
export class FairQueue<Work> {
  /** Tenants with work, next turn first. */
  readonly #waiting = new Map<string, Work[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How much of it is the tenant's. */
  sizeOf(tenant: string): number {
    return this.#waiting.get(tenant)?.length ?? 0;
  }

  push(tenant: string, work: Work): void {
    const queue = this.#waiting.get(tenant);
    if (queue === undefined) this.#waiting.set(tenant, [work]);
    else queue.push(work);
    this.#size += 1;
  }

  /** Puts work back that was taken but not done, before the tenant's other work. */
  putBack(tenant: string, works: readonly Work[]): void {
    if (works.length === 0) return;
    const queue = this.#waiting.get(tenant);
    if (queue === undefined) this.#waiting.set(tenant, [...works]);
    else queue.unshift(...works);
    this.#size += works.length;
  }

  /** Takes up to `most` pieces of the next tenant that `mayRun`; undefined when there is none. */
  take(
    most: number,
    mayRun: (tenant: string) => boolean,
  ): { tenant: string; works: readonly Work[] } | undefined {
    for (const [tenant, queue] of this.#waiting) {
      if (!mayRun(tenant)) continue;
      const works = queue.splice(0, most);
      this.#size -= works.length;
      // Behind all others for the next turn.
      this.#waiting.delete(tenant);
      if (queue.length > 0) this.#waiting.set(tenant, queue);
      return { tenant, works };
    }
    return undefined;
  }

  /** True when `take` would find something. */
  hasWork(mayRun: (tenant: string) => boolean): boolean {
    return [...this.#waiting.keys()].some(mayRun);
  }

  /** Takes everything a tenant has waiting. */
  drain(tenant: string): readonly Work[] {
    const works = this.#waiting.get(tenant) ?? [];
    this.#waiting.delete(tenant);
    this.#size -= works.length;
    return works;
  }

  /** Takes everything. */
  drainAll(): readonly Work[] {
    return [...this.#waiting.keys()].flatMap((tenant) => this.drain(tenant));
  }
}
