import { EgressError } from '../../ports/index.ts';
import { invalid, Refusal } from '../../refusal.ts';

/** What Node's codes mean, for people; the well-known ones (contract: `SecureProxyUpstreamError.reason`). */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nobody listens at the address and port',
  ECONNRESET: 'The target ended the connection',
  EHOSTUNREACH: 'No way leads to the address',
  ENETUNREACH: 'No way leads to the network',
  ENOTFOUND: 'The name does not exist',
  EAI_AGAIN: 'The name service did not answer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate of the target is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'The certificates of the target end in one that is signed by itself',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'The target does not send the certificates that lead to a known authority',
  CERT_HAS_EXPIRED: 'The certificate of the target has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of the target is for another name',
};

/** What a failed request through a secure proxy is to its caller. Addresses behind names are never told. */
export function upstreamFailure(error: unknown): unknown {
  if (!(error instanceof EgressError)) return error;
  switch (error.code) {
    case 'INVALID_URL':
      return invalid({ path: 'body.url', message: error.message }, 'SECURE_PROXY_INVALID_URL');
    case 'INVALID_REQUEST':
      return invalid({ path: 'body.headers', message: error.message });
    case 'HOST_REFUSED':
      return new Refusal(403, 'SECURE_PROXY_DOMAIN_NOT_ALLOWED', error.message);
    case 'ADDRESS_REFUSED':
      return new Refusal(403, 'SECURE_PROXY_IP_BLOCKED', error.message);
    case 'TIMEOUT':
      return new Refusal(504, 'TIMEOUT', error.message);
    case 'RESPONSE_TOO_LARGE':
    case 'INVALID_RESPONSE':
      return new Refusal(502, error.code, 'Upstream error', { reason: error.message });
    default: {
      const code = nodeCode(error) ?? error.code;
      const reason = REASONS[code];
      return new Refusal(502, code, 'Upstream network error', reason === undefined ? {} : { reason });
    }
  }
}

function nodeCode({ code, cause, transient }: EgressError): string | undefined {
  if (code === 'DNS_FAILED') return transient ? 'EAI_AGAIN' : 'ENOTFOUND';
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : undefined;
}
