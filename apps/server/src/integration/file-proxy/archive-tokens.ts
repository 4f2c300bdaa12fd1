import { createHash } from 'node:crypto';
import type { Clock, Egress, EgressRoute } from '../../ports/index.ts';
import type { DownloadDeadline } from './download-deadline.ts';
import { exchangeFailure, fileProxyFailure } from './file-proxy-failure.ts';

/** A token request, all templates rendered. */
export interface TokenRequest {
  readonly url: string;
  readonly route: EgressRoute;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

interface Token {
  readonly value: string;
  /** Milliseconds (UTC) until which it is used. */
  readonly until: number;
}

/** Seconds before its expiry that a token is no longer used. */
const MARGIN_SECONDS = 30;
const MOST_TOKENS = 1_000;
const MOST_BYTES = 65_536;

/** Gets access tokens of archives (RFC 6749, 4.3 and 4.4) and keeps them in memory until shortly before they expire. */
export class ArchiveTokens {
  readonly #egress: Egress;
  readonly #clock: Clock;
  readonly #tokens = new Map<string, Token>();
  readonly #underWay = new Map<string, Promise<Token>>();

  constructor(egress: Egress, clock: Clock) {
    this.#egress = egress;
    this.#clock = clock;
  }

  /**
   * A token for these credentials of a use case; downloads at the same time share one exchange.
   * @throws Refusal 502 `OAUTH2_TOKEN_FAILURE`, 502 `SECURE_PROXY_IP_BLOCKED`, 504 `TIMEOUT`
   */
  async get(useCaseId: string, request: TokenRequest, deadline: DownloadDeadline): Promise<string> {
    const key = keyOf(useCaseId, request);
    const known = this.#tokens.get(key);
    if (known && known.until > this.#clock.now().getTime()) return known.value;
    const underWay = this.#underWay.get(key);
    if (underWay) return (await underWay).value;
    const exchange = this.#exchange(request, deadline).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, exchange);
    const token = await exchange;
    if (this.#tokens.size >= MOST_TOKENS) this.#tokens.clear();
    this.#tokens.set(key, token);
    return token.value;
  }

  /** Forgets a token that the archive refused. */
  forget(useCaseId: string, request: TokenRequest): void {
    this.#tokens.delete(keyOf(useCaseId, request));
  }

  async #exchange({ url, route, headers, form }: TokenRequest, deadline: DownloadDeadline): Promise<Token> {
    const askedAt = this.#clock.now().getTime();
    const answer = await this.#egress
      .fetch({
        ...route,
        method: 'POST',
        url,
        headers: {
          accept: 'application/json',
          ...lowerCase(headers),
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams(form).toString(),
        timeoutMs: deadline.next(),
        maxResponseBytes: MOST_BYTES,
        redirects: 3,
      })
      .catch((error: unknown) => {
        throw exchangeFailure(error, 'OAUTH2_TOKEN_FAILURE', 'The token endpoint');
      });
    if (answer.status < 200 || answer.status > 299)
      throw fileProxyFailure('OAUTH2_TOKEN_FAILURE', `The token endpoint answered ${answer.status}`);
    const { token, life } = readToken(new TextDecoder().decode(answer.body));
    return { value: token, until: askedAt + (life - MARGIN_SECONDS) * 1000 };
  }
}

/** Names of header fields in lower case, so that defaults and given ones do not stand side by side. */
export function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Credentials are part of the key: nobody gets a token with credentials that are wrong. */
function keyOf(useCaseId: string, request: TokenRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([useCaseId, request.url, request.headers, request.form]))
    .digest('base64url');
}

/** A life of 0 seconds, where none is told, keeps the token from being used again. */
function readToken(text: string): { readonly token: string; readonly life: number } {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw fileProxyFailure('OAUTH2_TOKEN_FAILURE', 'The token endpoint answered no JSON');
  }
  if (
    typeof answer !== 'object' ||
    answer === null ||
    !('access_token' in answer) ||
    typeof answer.access_token !== 'string' ||
    !/^[\x21-\x7e]+$/.test(answer.access_token)
  )
    throw fileProxyFailure('OAUTH2_TOKEN_FAILURE', 'The token endpoint answered no access_token');
  const life = 'expires_in' in answer ? Number(answer.expires_in) : 0;
  return { token: answer.access_token, life: Number.isFinite(life) ? life : 0 };
}
