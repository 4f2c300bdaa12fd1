import { asObject, type JsonObject } from '../contract/json-object.ts';
import { parseJsonBody } from '../http/json-body.ts';
import { type Egress, EgressError, type EgressRequest, type EgressRoute } from '../ports/index.ts';
import { Refusal } from '../refusal.ts';
import { renderText, renderUrl, renderValue, type Variables } from './interpolate.ts';

/** What a third party has answered; `data` is parsed JSON, or the text where it is none that could be stored. */
export interface ThirdPartyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: unknown;
}

const METHODS: readonly EgressRequest['method'][] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const MOST_BYTES = 5 * 1024 * 1024;

/** How a request is sent; times in milliseconds, sizes after decoding. */
interface RequestLimits {
  /** The method of a request that names none. */
  readonly method: 'GET' | 'POST';
  readonly timeoutMs: number;
  /** Default: 5 MB. */
  readonly maxBytes?: number;
  /** Where the request may go. Default: where everything may. */
  readonly route?: EgressRoute;
}

/**
 * Sends a request of an extension (`method`, `url`, `params`, `headers`, `body`; portal §9.2 steps 3 and 4). Any status is an answer. Public
 * addresses are called with https only (portal §9.5).
 * @throws Refusal 500 `UPSTREAM_TIMEOUT` or `UPSTREAM_ERROR` when there is none, `INVALID_TEMPLATE` when the request cannot be sent
 */
export async function askThirdParty(
  egress: Egress,
  template: JsonObject,
  variables: Variables,
  limits: RequestLimits,
): Promise<ThirdPartyAnswer> {
  const request = buildRequest(template, variables, limits.method);
  try {
    const { status, headers, body } = await egress.fetch({
      ...request,
      ...limits.route,
      tlsOutside: true,
      timeoutMs: limits.timeoutMs,
      maxResponseBytes: limits.maxBytes ?? MOST_BYTES,
    });
    return { status, headers, data: parse(new TextDecoder().decode(body)) };
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    throw upstreamRefusal(error.code === 'TIMEOUT' ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_ERROR');
  }
}

/** 500 with one of the reasons of portal §9.5. The message is for customers. */
export function upstreamRefusal(
  reason: 'UPSTREAM_ERROR' | 'UPSTREAM_TIMEOUT' | 'UPSTREAM_INVALID_RESPONSE',
  message = 'The connected service could not be reached or gave no usable answer',
): Refusal {
  return new Refusal(500, reason, message, { reason });
}

function buildRequest(template: JsonObject, variables: Variables, byDefault: 'GET' | 'POST'): EgressRequest {
  const wanted = String(template['method'] ?? byDefault).toUpperCase();
  const method = METHODS.find((known) => known === wanted);
  const url = withParams(renderUrl(String(template['url']), variables), template['params'], variables);
  if (!method || !url) throw upstreamRefusal('UPSTREAM_ERROR');
  const headers = new Map(
    Object.entries(asObject(template['headers'])).map(([name, value]) => [
      name.toLowerCase(),
      headerValue(renderText(String(value), variables)),
    ]),
  );
  const hasBody = method !== 'GET' && method !== 'HEAD' && template['body'] !== undefined;
  if (!hasBody) return { method, url, headers: Object.fromEntries(headers) };
  if (!headers.has('content-type')) headers.set('content-type', 'application/json');
  const isForm = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded');
  const body = isForm
    ? form(template['body'], variables)
    : JSON.stringify(renderValue(template['body'], variables));
  return { method, url, headers: Object.fromEntries(headers), body };
}

/** Names of people stand in headers, too: beyond ASCII a value is sent as the bytes of its UTF-8. */
function headerValue(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function withParams(written: string, params: unknown, variables: Variables): string | undefined {
  if (!URL.canParse(written)) return undefined;
  const url = new URL(written);
  for (const [name, value] of Object.entries(asObject(params))) {
    url.searchParams.append(name, renderText(String(value), variables));
  }
  return url.href;
}

function form(body: unknown, variables: Variables): string {
  const fields = Object.entries(asObject(body)).map(([name, value]): [string, string] => [
    name,
    renderText(typeof value === 'string' ? value : JSON.stringify(value), variables),
  ]);
  return new URLSearchParams(fields).toString();
}

function parse(text: string): unknown {
  try {
    return parseJsonBody(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return text;
  }
}
