import type { Egress, EgressRequest } from '../ports/index.ts';

/** Milliseconds one exchange with an identity provider may take, and the most bytes it may answer (portal §9.5). */
const TIMEOUT_MS = 10_000;
const MOST_BYTES = 1024 * 1024;

interface FetchInit {
  readonly method?: string | undefined;
  readonly headers?: unknown;
  readonly body?: unknown;
}

/**
 * A `fetch` for libraries, through the guarded egress: administrators choose where providers live, so nothing else may be used to reach them.
 * Redirects are not followed. Rejects with an `EgressError`.
 */
export function egressFetch(egress: Egress): (url: string | URL, init?: FetchInit) => Promise<Response> {
  return async (url, init = {}) => {
    const answer = await egress.fetch({
      method: methodOf(init.method),
      url: String(url),
      headers: headersOf(init.headers),
      ...(init.body === undefined || init.body === null ? {} : { body: String(init.body) }),
      timeoutMs: TIMEOUT_MS,
      tlsOutside: true,
      maxResponseBytes: MOST_BYTES,
    });
    const hasBody = answer.status !== 204 && answer.status !== 304;
    return new Response(hasBody ? Buffer.from(answer.body) : null, {
      status: answer.status,
      headers: contentHeaders(answer.headers),
    });
  };
}

function methodOf(method: string | undefined): EgressRequest['method'] {
  return method?.toUpperCase() === 'POST' ? 'POST' : 'GET';
}

function headersOf(headers: unknown): Record<string, string> {
  if (headers instanceof Headers) return Object.fromEntries(headers);
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** The body has been decoded already, so neither its encoding nor its former length may be told. */
function contentHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.filter(([name]) => !/^(?:content-encoding|content-length|transfer-encoding)$/.test(name)),
  );
}
