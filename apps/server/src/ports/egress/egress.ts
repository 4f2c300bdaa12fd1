import type { AllowedTarget } from './allowed-target.ts';
import type { Confinement } from './confinement.ts';

/** Which targets a request may reach. */
export interface EgressRoute {
  /** Non-public targets allowed for this request, in addition to those of the egress. */
  readonly allow?: readonly AllowedTarget[];
  /** Narrows the targets, public and allowed ones, to these. */
  readonly within?: Confinement;
  /** Refuses plain `http` to public addresses; on networks that the operator has opened it will do. Default false. */
  readonly tlsOutside?: boolean;
}

export interface EgressRequest extends EgressRoute {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Absolute `http:` or `https:` URL without user information. */
  readonly url: string;
  /** Names are case-insensitive. `Host`, `Content-Length` and hop-by-hop fields are refused. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For the whole exchange, name resolution, queueing, redirects and body included. Default: that of the egress. */
  readonly timeoutMs?: number;
  /** Most response bytes, after decoding `Content-Encoding`. Default: that of the egress. */
  readonly maxResponseBytes?: number;
  /** How many redirects to follow; each target is checked anew. Default 0: a 3xx is an answer like any other. */
  readonly redirects?: 0 | 1 | 2 | 3;
  /** Gives the exchange up: it fails with `CLOSED`. */
  readonly signal?: AbortSignal;
}

export interface EgressTimings {
  /** Milliseconds from the call to the response header (of the last hop). */
  readonly headersMs: number;
  /** Milliseconds from the call to the last byte; for streams, to the response header. */
  readonly totalMs: number;
}

interface EgressHead {
  readonly status: number;
  /** Names in lower case, repeated fields joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL that answered, after redirects. */
  readonly url: string;
  readonly timings: EgressTimings;
}

export interface EgressResponse extends EgressHead {
  readonly body: Uint8Array;
}

export interface EgressStream extends EgressHead {
  /** The bytes as they arrive. Throws EgressError when a limit is crossed or the connection fails; must be read to the end or closed. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The only way out to addresses that tenants choose (erp-integration.md 10.4, 12.7): resolves the name, refuses it when any answer is not
 * public, and connects to exactly the addresses it checked. Any status is an answer; only failures to get one are errors.
 */
export interface Egress {
  /** Exchanges one request for a whole response. @throws EgressError */
  fetch(request: EgressRequest): Promise<EgressResponse>;
  /** The same, with the body as a stream, for files. @throws EgressError */
  stream(request: EgressRequest): Promise<EgressStream>;
  /**
   * Checks a URL as `fetch` would, without connecting: for refusing a configuration when it is saved.
   * @throws EgressError `INVALID_URL`, `ADDRESS_REFUSED`, `DNS_FAILED`
   */
  check(url: string, allow?: readonly AllowedTarget[]): Promise<void>;
  /** Waits for running exchanges and closes all connections. */
  close(): Promise<void>;
}
