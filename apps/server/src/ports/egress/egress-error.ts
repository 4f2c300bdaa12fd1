/**
 * `INVALID_URL`, `INVALID_REQUEST`: the request cannot be sent. `ADDRESS_REFUSED`: a target address is not public and not allowed, or outside
 * the networks the request is confined to. `HOST_REFUSED`: the host is none of those the request is confined to. `TLS_REQUIRED`: plain http to a public
 * address where the request forbids it.
 * `DNS_FAILED`: no address. `CONNECT_FAILED`: nobody answers there. `CONNECTION_LOST`: the connection ended too early. `TLS_FAILED`:
 * certificate or handshake. `TIMEOUT`: out of time. `RESPONSE_TOO_LARGE`, `INVALID_RESPONSE`: the answer cannot be used.
 * `TOO_MANY_REDIRECTS`: more hops than allowed. `REDIRECT_REFUSED`: from https to http, or a body to another origin. `OVERLOADED`: too many requests wait for this target. `CLOSED`: the egress was shut
 * down, or the caller gave up.
 */
export type EgressErrorCode =
  | 'INVALID_URL'
  | 'INVALID_REQUEST'
  | 'ADDRESS_REFUSED'
  | 'HOST_REFUSED'
  | 'TLS_REQUIRED'
  | 'DNS_FAILED'
  | 'CONNECT_FAILED'
  | 'CONNECTION_LOST'
  | 'TLS_FAILED'
  | 'TIMEOUT'
  | 'RESPONSE_TOO_LARGE'
  | 'INVALID_RESPONSE'
  | 'TOO_MANY_REDIRECTS'
  | 'REDIRECT_REFUSED'
  | 'OVERLOADED'
  | 'CLOSED';

const TRANSIENT: ReadonlySet<EgressErrorCode> = new Set([
  'DNS_FAILED',
  'CONNECT_FAILED',
  'CONNECTION_LOST',
  'TIMEOUT',
  'OVERLOADED',
  'CLOSED',
]);

/** Why no usable response came back. Messages name host and port at most: never the query, a header or an address behind the name. */
export class EgressError extends Error {
  readonly code: EgressErrorCode;
  /** Whether the same request may succeed later (erp-integration.md 10.3: connection errors and timeouts are retried). */
  readonly transient: boolean;

  constructor(
    code: EgressErrorCode,
    message: string,
    options?: ErrorOptions & { readonly transient?: boolean },
  ) {
    super(message, options);
    this.name = 'EgressError';
    this.code = code;
    this.transient = options?.transient ?? TRANSIENT.has(code);
  }
}
