import { Pool } from 'undici';
import type { ResolvedAddress } from '../dns/dns.ts';
import { EgressError } from './egress-error.ts';
import { type ConnectorOptions, createPinnedConnector } from './pinned-connector.ts';
import type { Target } from './target.ts';

export interface OriginPoolOptions extends ConnectorOptions {
  /** Most connections per origin. */
  readonly connectionsPerOrigin: number;
  /** Most requests per origin, running and waiting together. */
  readonly requestsPerOrigin: number;
  /** Most origins with open connections; the one unused longest is closed. */
  readonly origins: number;
  /** How long an idle connection is kept, in milliseconds. */
  readonly keepAliveMs: number;
  /** How long checked addresses stay good, in milliseconds. Afterwards the name is resolved and checked again. */
  readonly recheckMs: number;
}

/** Connections to one origin, all of them to addresses checked together. */
export class OriginPool {
  readonly pool: Pool;
  readonly addresses: readonly ResolvedAddress[];
  /** Monotonic milliseconds until which the check holds. */
  freshUntil = 0;
  #running = 0;
  #retired = false;

  constructor(pool: Pool, addresses: readonly ResolvedAddress[]) {
    this.pool = pool;
    this.addresses = addresses;
  }

  /** Requests admitted and not released. */
  get running(): number {
    return this.#running;
  }

  /** Announces a request. Until it is released the pool stays open. */
  admit(): void {
    this.#running += 1;
  }

  /** The request is over. */
  release(): void {
    this.#running -= 1;
    this.#closeWhenIdle();
  }

  /** No more requests will come: closes the connections once the running ones are over. */
  retire(): void {
    this.#retired = true;
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#retired && this.#running === 0) this.pool.close().catch(() => this.pool.destroy());
  }
}

/** Keeps pools by origin and by what the request is allowed to reach, so that one tenant's allowance never serves another. */
export class OriginPools {
  readonly #pools = new Map<string, OriginPool>();
  readonly #options: OriginPoolOptions;
  #closed = false;

  constructor(options: OriginPoolOptions) {
    this.#options = options;
  }

  /**
   * The pool of a key while its addresses are fresh, with one request admitted; otherwise undefined, and the caller checks the target
   * and calls {@link OriginPools.renew}.
   * @throws EgressError `CLOSED`, `OVERLOADED`
   */
  fresh(key: string, target: Target): OriginPool | undefined {
    if (this.#closed) throw new EgressError('CLOSED', 'The server is shutting down');
    const entry = this.#pools.get(key);
    if (!entry || entry.freshUntil <= performance.now()) return undefined;
    return this.#admit(key, entry, target);
  }

  /**
   * Takes the result of a new check and admits one request. Connections are kept when the addresses are the same, else replaced.
   * @throws EgressError `CLOSED`, `OVERLOADED`
   */
  renew(key: string, target: Target, addresses: readonly ResolvedAddress[]): OriginPool {
    if (this.#closed) throw new EgressError('CLOSED', 'The server is shutting down');
    const known = this.#pools.get(key);
    const entry =
      known && sameAddresses(known.addresses, addresses) ? known : this.#replace(key, target, addresses);
    entry.freshUntil = performance.now() + this.#options.recheckMs;
    return this.#admit(key, entry, target);
  }

  /** Ends the connections of a key whose target is no longer acceptable. */
  drop(key: string): void {
    const entry = this.#pools.get(key);
    if (!entry) return;
    this.#pools.delete(key);
    entry.retire();
  }

  /** Lets running requests finish and closes all connections. */
  async close(): Promise<void> {
    this.#closed = true;
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.close()));
  }

  #admit(key: string, entry: OriginPool, target: Target): OriginPool {
    if (entry.running >= this.#options.requestsPerOrigin) {
      throw new EgressError('OVERLOADED', `Too many requests are waiting for ${target.url.host}`);
    }
    this.#pools.delete(key);
    this.#pools.set(key, entry);
    entry.admit();
    return entry;
  }

  #replace(key: string, target: Target, addresses: readonly ResolvedAddress[]): OriginPool {
    this.drop(key);
    while (this.#pools.size >= this.#options.origins) {
      const [oldest] = this.#pools.keys();
      if (oldest === undefined) break;
      this.drop(oldest);
    }
    const entry = new OriginPool(this.#open(target, addresses), addresses);
    this.#pools.set(key, entry);
    return entry;
  }

  /** Timeouts of the client are off: the deadline of the request covers them all. */
  #open(target: Target, addresses: readonly ResolvedAddress[]): Pool {
    return new Pool(target.origin, {
      connections: this.#options.connectionsPerOrigin,
      connect: createPinnedConnector(addresses, this.#options),
      pipelining: 1,
      keepAliveTimeout: this.#options.keepAliveMs,
      keepAliveMaxTimeout: this.#options.keepAliveMs,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }
}

function sameAddresses(a: readonly ResolvedAddress[], b: readonly ResolvedAddress[]): boolean {
  const known = new Set(a.map(({ address }) => address));
  return (
    known.size === new Set(b.map(({ address }) => address)).size &&
    b.every(({ address }) => known.has(address))
  );
}
