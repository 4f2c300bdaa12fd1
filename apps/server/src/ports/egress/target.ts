import { EgressError } from './egress-error.ts';

/** A checked URL, taken apart. */
export interface Target {
  readonly url: URL;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Host name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
}

/**
 * Reads the URL of a request. Odd spellings of addresses (`0x7f.1`, full-width digits) come out in plain form and are judged as such later.
 * @param text absolute URL
 * @throws EgressError `INVALID_URL`: not absolute, not http(s), control characters, backslashes or user information
 */
export function parseTarget(text: string): Target {
  // The URL standard silently drops tabs and line breaks and reads "\" as "/": whoever sends them wants two readers to disagree.
  if (hasControlCharacters(text) || text.includes('\\')) {
    throw new EgressError('INVALID_URL', 'The URL contains control characters or backslashes');
  }
  const url = URL.parse(text);
  if (!url) throw new EgressError('INVALID_URL', 'The URL is not absolute');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new EgressError('INVALID_URL', 'Only http and https URLs can be called');
  }
  if (url.username !== '' || url.password !== '') {
    throw new EgressError('INVALID_URL', 'The URL must not contain a user name or password');
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (port === 0) throw new EgressError('INVALID_URL', 'Port 0 cannot be called');
  return {
    url,
    origin: url.origin,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    path: url.pathname + url.search,
  };
}

function hasControlCharacters(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return true;
  }
  return false;
}
