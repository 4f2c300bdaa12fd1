import { parseJsonBody } from '../../http/json-body.ts';
import type { Egress, EgressRequest, EgressRoute } from '../../ports/index.ts';
import { Refusal } from '../../refusal.ts';
import { upstreamFailure } from './upstream-failure.ts';

/** A request through a secure proxy (contract: `SecureProxyRequest`). */
export interface ProxiedRequest {
  readonly url: string;
  readonly method: EgressRequest['method'];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  readonly response_type?: 'json' | 'binary' | undefined;
}

const TIMEOUT_MS = 25_000;
const MOST_BYTES = 5 * 1024 * 1024;
/** What described the transport between the target and this server; the body is decoded here. */
const OF_TRANSPORT: ReadonlySet<string> = new Set([
  ...[
    'connection',
    'keep-alive',
    'transfer-encoding',
    'content-encoding',
    'content-length',
    'trailer',
    'upgrade',
  ],
]);

/**
 * Sends a request on its route and answers what the target answered, whatever its status; redirects are answers. Bodies that are no texts go out
 * as JSON; GET goes without one. 25 seconds, 5 MiB.
 * @throws Refusal 400, 403 `SECURE_PROXY_DOMAIN_NOT_ALLOWED`, `SECURE_PROXY_IP_BLOCKED`, 502, 504 `TIMEOUT`
 */
export async function sendThrough(egress: Egress, route: EgressRoute, request: ProxiedRequest) {
  const { url, method } = request;
  try {
    const answer = await egress.fetch({
      ...{ url, method, ...route, ...contentOf(request) },
      timeoutMs: TIMEOUT_MS,
      maxResponseBytes: MOST_BYTES,
    });
    return {
      status_code: answer.status,
      headers: Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !OF_TRANSPORT.has(name))),
      body:
        request.response_type === 'binary' ? Buffer.from(answer.body).toString('base64') : read(answer.body),
    };
  } catch (error) {
    throw upstreamFailure(error);
  }
}

function contentOf({ method, headers = {}, body }: ProxiedRequest) {
  if (body === undefined || body === null || method === 'GET') return { headers };
  if (typeof body === 'string') return { headers, body };
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return {
    headers: isTyped ? headers : { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

/** JSON where it is some that may be passed on, else the text. */
function read(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return parseJsonBody(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return text;
  }
}
