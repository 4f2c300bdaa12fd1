import { EgressError } from './egress-error.ts';
import type { Hop, ResponseHead } from './exchange.ts';
import { withoutCredentials } from './request-headers.ts';
import { parseTarget } from './target.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether a response sends the client elsewhere. */
export function isRedirect(head: ResponseHead): boolean {
  return REDIRECTS.has(head.status) && head.headers['location'] !== undefined;
}

/**
 * The request that follows a redirect (RFC 9110, 15.4; method rewriting as browsers do it). The new target is not checked here.
 * @throws EgressError `INVALID_URL`; `REDIRECT_REFUSED` from https to http, or when a body would go to another origin (it may hold secrets)
 */
export function followRedirect(hop: Hop, head: ResponseHead): Hop {
  const location = URL.parse(head.headers['location'] ?? '', hop.target.url.href);
  if (!location)
    throw new EgressError('INVALID_URL', `${hop.target.url.host} redirects to something that is no URL`);
  const target = parseTarget(location.href);
  if (hop.target.url.protocol === 'https:' && target.url.protocol !== 'https:') {
    throw new EgressError('REDIRECT_REFUSED', `${hop.target.url.host} redirects from https to http`);
  }
  const toGet = head.status === 303 ? hop.method !== 'HEAD' : head.status < 303 && hop.method === 'POST';
  const sameOrigin = target.origin === hop.target.origin;
  if (!toGet && hop.body !== undefined && !sameOrigin) {
    throw new EgressError(
      'REDIRECT_REFUSED',
      `${hop.target.url.host} redirects a request with a body to another origin`,
    );
  }
  const headers = new Map(sameOrigin ? hop.headers : withoutCredentials(hop.headers));
  if (toGet) headers.delete('content-type');
  return { target, method: toGet ? 'GET' : hop.method, headers, body: toGet ? undefined : hop.body };
}
