import { errors } from 'undici';
import { EgressError, type EgressErrorCode } from './egress-error.ts';

const BY_CODE: ReadonlyMap<string, EgressErrorCode> = new Map([
  ['ECONNREFUSED', 'CONNECT_FAILED'],
  ['EHOSTUNREACH', 'CONNECT_FAILED'],
  ['ENETUNREACH', 'CONNECT_FAILED'],
  ['EADDRNOTAVAIL', 'CONNECT_FAILED'],
  ['UND_ERR_CONNECT_TIMEOUT', 'TIMEOUT'],
  ['ETIMEDOUT', 'TIMEOUT'],
  ['UND_ERR_HEADERS_OVERFLOW', 'RESPONSE_TOO_LARGE'],
  ['UND_ERR_DESTROYED', 'CLOSED'],
  ['UND_ERR_CLOSED', 'CLOSED'],
  ['UND_ERR_INVALID_ARG', 'INVALID_REQUEST'],
]);
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/**
 * Translates a failure of the HTTP client or the socket.
 * @param host host and port, for the message
 */
export function toEgressError(cause: unknown, host: string): EgressError {
  if (cause instanceof EgressError) return cause;
  const code = errorCode(cause);
  // The parser's errors have a code of their own only sometimes.
  const kind = cause instanceof errors.HTTPParserError ? 'INVALID_RESPONSE' : classify(code);
  const suffix = code === '' ? '' : ` (${code})`;
  return new EgressError(kind, `The exchange with ${host} failed${suffix}`, { cause });
}

function classify(code: string): EgressErrorCode {
  const known = BY_CODE.get(code);
  if (known) return known;
  if (TLS.test(code)) return 'TLS_FAILED';
  return 'CONNECTION_LOST';
}

/** Attempts at several addresses fail with an AggregateError; its members carry the code. */
function errorCode(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof AggregateError && cause.errors.length > 0 ? errorCode(cause.errors[0]) : '';
}
