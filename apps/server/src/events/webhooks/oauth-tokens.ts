import type { OAuthConfig } from '@epilot/sdk/webhooks';
import type { Egress } from '../../ports/index.ts';

/** The token endpoint gave no token. `transient` tells whether it may do so later. */
export class TokenRefused extends Error {
  readonly code = 'OAUTH2_TOKEN_FAILURE';
  readonly transient: boolean;
  constructor(message: string, transient: boolean) {
    super(message);
    this.name = 'TokenRefused';
    this.transient = transient;
  }
}

interface Token {
  readonly value: string;
  /** Milliseconds (UTC) until which it is used. */
  readonly until: number;
}

/** Seconds before its expiry that a token is no longer used. */
const MARGIN_SECONDS = 30;
const DEFAULT_LIFE_SECONDS = 300;
const MOST_TOKENS = 1_000;

/** Gets access tokens with client credentials (RFC 6749, 4.4) and keeps them until shortly before they expire; in memory only. */
export class OAuthTokens {
  readonly #egress: Egress;
  readonly #tokens = new Map<string, Promise<Token>>();

  constructor(egress: Egress) {
    this.#egress = egress;
  }

  /**
   * A token for a webhook. `key` names webhook and version of its configuration; requests at the same time share one exchange.
   * @throws TokenRefused; EgressError when the token endpoint cannot be reached
   */
  async get(key: string, config: OAuthConfig, now: Date): Promise<string> {
    const known = this.#tokens.get(key);
    if (known) {
      const token = await known;
      if (token.until > now.getTime()) return token.value;
    }
    // Another caller may have begun meanwhile.
    const underWay = this.#tokens.get(key);
    if (underWay && underWay !== known) return (await underWay).value;
    const exchange = this.#exchange(config, now);
    if (this.#tokens.size >= MOST_TOKENS) this.#tokens.clear();
    this.#tokens.set(key, exchange);
    exchange.catch(() => this.#tokens.delete(key));
    return (await exchange).value;
  }

  /** Forgets a token that the receiver refused, so that the next `get` asks for a new one. */
  forget(key: string): void {
    this.#tokens.delete(key);
  }

  async #exchange(config: OAuthConfig, now: Date): Promise<Token> {
    const answer = await this.#egress.fetch(tokenRequest(config));
    if (answer.status < 200 || answer.status > 299)
      throw new TokenRefused(
        `The token endpoint answered ${answer.status}`,
        answer.status === 429 || answer.status >= 500,
      );
    const { token, life } = readToken(new TextDecoder().decode(answer.body));
    return { value: token, until: now.getTime() + Math.max(0, life - MARGIN_SECONDS) * 1000 };
  }
}

function tokenRequest(config: OAuthConfig) {
  const parameters = config.customParameterList ?? [];
  const of = (type: 'body' | 'query' | 'header') =>
    parameters
      .filter((parameter) => parameter.type === type)
      .map(({ key, value }): [string, string] => [key, value]);
  const form = new URLSearchParams([
    ['grant_type', 'client_credentials'],
    ['client_id', config.clientId],
    ...(config.clientSecret ? [['client_secret', config.clientSecret] as [string, string]] : []),
    ...of('body'),
  ]);
  const url = new URL(config.endpoint);
  for (const [key, value] of of('query')) url.searchParams.append(key, value);
  const withBody = config.httpMethod !== 'GET' && config.httpMethod !== 'HEAD';
  if (!withBody) for (const [key, value] of form) url.searchParams.append(key, value);
  return {
    method: config.httpMethod,
    url: url.href,
    headers: {
      accept: 'application/json',
      ...(withBody ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...Object.fromEntries(of('header')),
    },
    ...(withBody ? { body: form.toString() } : {}),
    maxResponseBytes: 65_536,
  };
}

function readToken(text: string): { readonly token: string; readonly life: number } {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new TokenRefused('The token endpoint answered no JSON', false);
  }
  if (
    typeof answer !== 'object' ||
    answer === null ||
    !('access_token' in answer) ||
    typeof answer.access_token !== 'string' ||
    !/^[\x21-\x7e]+$/.test(answer.access_token)
  )
    throw new TokenRefused('The answer of the token endpoint has no access_token', false);
  const life = 'expires_in' in answer ? Number(answer.expires_in) : Number.NaN;
  return { token: answer.access_token, life: Number.isFinite(life) ? life : DEFAULT_LIFE_SECONDS };
}
