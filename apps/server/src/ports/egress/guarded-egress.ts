import type { Dns, ResolvedAddress } from '../dns/dns.ts';
import type { AllowedTarget } from './allowed-target.ts';
import { BufferedBody } from './buffered-body.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import type { Egress, EgressRequest, EgressRoute } from './egress.ts';
import { EgressError } from './egress-error.ts';
import { exchange, type Hop, type ResponseHead } from './exchange.ts';
import { type OriginPool, type OriginPoolOptions, OriginPools } from './origin-pools.ts';
import { followRedirect, isRedirect } from './redirect.ts';
import { readRequestHeaders } from './request-headers.ts';
import { resolveTarget } from './resolve-target.ts';
import { StreamedBody } from './streamed-body.ts';
import { parseTarget, type Target } from './target.ts';

export interface EgressOptions extends Partial<OriginPoolOptions> {
  readonly dns: Dns;
  /** Non-public targets allowed for every request. */
  readonly allow?: readonly AllowedTarget[];
  /** Default for requests, in milliseconds; 30 s (erp-integration.md 10.3). */
  readonly timeoutMs?: number;
  /** Default for requests; 1 MiB. */
  readonly maxResponseBytes?: number;
}

const POOL_DEFAULTS = {
  connectionsPerOrigin: 32,
  requestsPerOrigin: 1_000,
  origins: 256,
  keepAliveMs: 10_000,
  recheckMs: 10_000,
  connectTimeoutMs: 10_000,
} as const;

/** Makes the guarded HTTP client. It takes no proxy from the environment and speaks HTTP/1.1. */
export function createEgress(options: EgressOptions): Egress {
  const client = new GuardedClient(options);
  return {
    fetch: (request) => client.fetch(request),
    stream: (request) => client.stream(request),
    check: (url, allow) => client.check(url, allow),
    close: () => client.close(),
  };
}

class GuardedClient {
  readonly #dns: Dns;
  readonly #allow: readonly AllowedTarget[];
  readonly #timeoutMs: number;
  readonly #maxResponseBytes: number;
  readonly #pools: OriginPools;
  /** Checks under way, so that many requests for one origin ask the name service once. */
  readonly #checks = new Map<string, Promise<readonly ResolvedAddress[]>>();

  constructor({
    dns,
    allow = [],
    timeoutMs = 30_000,
    maxResponseBytes = 1_048_576,
    ...pools
  }: EgressOptions) {
    this.#dns = dns;
    this.#allow = allow;
    this.#timeoutMs = timeoutMs;
    this.#maxResponseBytes = maxResponseBytes;
    this.#pools = new OriginPools({ ...POOL_DEFAULTS, ...pools });
  }

  async fetch(request: EgressRequest) {
    const startedAt = performance.now();
    let hop = readHop(request);
    const deadline = startDeadline(request.timeoutMs ?? this.#timeoutMs, hop.target.url.host, request.signal);
    try {
      for (let left: number = request.redirects ?? 0; ; left -= 1) {
        const body = new BufferedBody(this.#maxBytes(request), bodyWanted(request));
        exchange(await this.#connect(hop.target, request, deadline), hop, body, deadline);
        await body.done;
        if (!followed(request, body.head)) {
          const bytes = await deadline.limit(body.bytes());
          return { ...head(body.head, hop), body: bytes, timings: timings(startedAt, body.headersAt) };
        }
        hop = nextHop(hop, body.head, left);
      }
    } finally {
      deadline.clear();
    }
  }

  async stream(request: EgressRequest) {
    const startedAt = performance.now();
    let hop = readHop(request);
    const deadline = startDeadline(request.timeoutMs ?? this.#timeoutMs, hop.target.url.host, request.signal);
    try {
      for (let left: number = request.redirects ?? 0; ; left -= 1) {
        const body = new StreamedBody(this.#maxBytes(request), bodyWanted(request));
        exchange(await this.#connect(hop.target, request, deadline), hop, body, deadline);
        const received = await body.head;
        if (!followed(request, received)) {
          const bytes = body.bytes(contentCoding(hop, received), () => deadline.clear());
          return { ...head(received, hop), body: bytes, timings: timings(startedAt, performance.now()) };
        }
        hop = nextHop(hop, received, left);
      }
    } catch (error) {
      deadline.clear();
      throw error;
    }
  }

  async check(url: string, allow?: readonly AllowedTarget[]): Promise<void> {
    const target = parseTarget(url);
    const deadline = startDeadline(this.#timeoutMs, target.url.host);
    try {
      await deadline.limit(resolveTarget(target, this.#dns, this.#allowedFor(allow)));
    } finally {
      deadline.clear();
    }
  }

  close(): Promise<void> {
    return this.#pools.close();
  }

  /** The connections to a target. Addresses checked a moment ago are not asked for again; see `recheckMs`. */
  #connect(target: Target, route: EgressRoute, deadline: Deadline): OriginPool | Promise<OriginPool> {
    const { allow = [], within, tlsOutside = false } = route;
    const limits = [...allow, ...(within ? [within] : [])].map(({ text }) => text);
    if (tlsOutside) limits.push('tls');
    const key = limits.length > 0 ? `${target.origin} ${limits.join()}` : target.origin;
    return this.#pools.fresh(key, target) ?? this.#recheck(key, target, route, deadline);
  }

  async #recheck(key: string, target: Target, route: EgressRoute, deadline: Deadline): Promise<OriginPool> {
    try {
      return this.#pools.renew(key, target, await deadline.limit(this.#checkedOnce(key, target, route)));
    } catch (error) {
      if (error instanceof EgressError && error.code === 'ADDRESS_REFUSED') this.#pools.drop(key);
      throw error;
    }
  }

  #checkedOnce(key: string, target: Target, route: EgressRoute) {
    const underWay = this.#checks.get(key);
    if (underWay) return underWay;
    const check = resolveTarget(target, this.#dns, this.#allowedFor(route.allow), route).finally(() =>
      this.#checks.delete(key),
    );
    this.#checks.set(key, check);
    return check;
  }

  #allowedFor(allow: readonly AllowedTarget[] = []): readonly AllowedTarget[] {
    return allow.length === 0 ? this.#allow : [...this.#allow, ...allow];
  }

  #maxBytes(request: EgressRequest): number {
    return request.maxResponseBytes ?? this.#maxResponseBytes;
  }
}

function readHop(request: EgressRequest): Hop {
  return {
    target: parseTarget(request.url),
    method: request.method,
    headers: readRequestHeaders(request.headers),
    body: request.body,
  };
}

function followed(request: EgressRequest, received: ResponseHead): boolean {
  return (request.redirects ?? 0) > 0 && isRedirect(received);
}

function bodyWanted(request: EgressRequest): (received: ResponseHead) => boolean {
  return (received) => !followed(request, received);
}

function nextHop(hop: Hop, received: ResponseHead, left: number): Hop {
  if (left <= 0) throw new EgressError('TOO_MANY_REDIRECTS', `${hop.target.url.host} redirects too often`);
  return followRedirect(hop, received);
}

function head(received: ResponseHead, hop: Hop) {
  return { status: received.status, headers: received.headers, url: hop.target.url.href };
}

/** Answers to HEAD, 204 and 304 may announce a coding for a body they do not carry (RFC 9110, 6.4.1). */
function contentCoding(hop: Hop, { status, headers }: ResponseHead): string | undefined {
  return hop.method === 'HEAD' || status === 204 || status === 304 ? undefined : headers['content-encoding'];
}

function timings(startedAt: number, headersAt: number) {
  return { headersMs: headersAt - startedAt, totalMs: performance.now() - startedAt };
}
