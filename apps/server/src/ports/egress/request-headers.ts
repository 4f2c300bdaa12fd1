import { EgressError } from './egress-error.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Fields that say who is called or frame the message; they follow from the URL and the body (RFC 9110, 7.6.1). */
const REFUSED: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);
/** What may follow a redirect to another origin. Any other field may be a credential: `X-API-Key`, `Cookie` and whatever a tenant names. */
const HARMLESS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'accept-encoding',
  'user-agent',
  'content-type',
]);

/** Names in lower case. */
export type RequestHeaders = ReadonlyMap<string, string>;

/**
 * Checks the header fields of a request.
 * @throws EgressError `INVALID_REQUEST`: a name that is no token, a value with line breaks or characters beyond Latin-1, the same name twice,
 * or a field that is not the caller's to set
 */
export function readRequestHeaders(fields: Readonly<Record<string, string>> = {}): RequestHeaders {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    const key = name.toLowerCase();
    if (!TOKEN.test(name) || REFUSED.has(key) || headers.has(key)) {
      throw new EgressError('INVALID_REQUEST', `The header field ${JSON.stringify(name)} cannot be set`);
    }
    if (!VALUE.test(value)) {
      throw new EgressError(
        'INVALID_REQUEST',
        `The value of the header field ${name} contains forbidden characters`,
      );
    }
    headers.set(key, value.trim());
  }
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'gzip, deflate, br');
  if (!headers.has('user-agent')) headers.set('user-agent', 'busbar');
  return headers;
}

/** The header fields that may be sent to another origin after a redirect (erp-integration.md 12.7: credentials are dropped). */
export function withoutCredentials(headers: RequestHeaders): RequestHeaders {
  return new Map([...headers].filter(([name]) => HARMLESS.has(name)));
}
