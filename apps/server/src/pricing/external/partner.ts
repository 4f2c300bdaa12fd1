import { createHash } from 'node:crypto';
import { type Document, isDocument } from '../../entities/index.ts';
import { parseJsonBody } from '../../http/json-body.ts';
import type { RateLimit } from '../../identity/index.ts';
import { EgressError, type EgressRequest } from '../../ports/index.ts';
import { forbidden, Refusal } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { textOf } from '../documents.ts';
import type { PricingPlatform } from '../platform.ts';
import { type Credentials, findCredentials, type IntegrationId } from './credentials.ts';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 2 * 1024 * 1024;
/** Seconds before its expiry that a token is no longer used. */
const MARGIN_SECONDS = 60;
const MOST_TOKENS = 1_000;
/** Anybody may ask, and each question costs a partner's server something, so one address has not too many. */
export const PARTNER_QUESTIONS: RateLimit = { surface: 'pricing.partners', limit: 300, seconds: 60 };

type OAuth = NonNullable<Extract<Credentials, { oauth: unknown }>['oauth']>;

/** A token and the milliseconds (UTC) until which it is used. */
interface Token {
  readonly value: string;
  readonly until: number;
}

/** Asks the partners of organisations, with the credentials they have stored (spec/pricing.md B12, B14-B19). */
export class Partners {
  readonly #platform: PricingPlatform;
  readonly #tokens = new Map<string, Token>();

  constructor(platform: PricingPlatform) {
    this.#platform = platform;
  }

  /**
   * Posts JSON to a path below the partner's base URL and reads JSON.
   * @throws Refusal 403 without credentials that name a base URL; 502 `PARTNER_FAILED` when the partner fails, is late or answers no JSON
   */
  async ask(
    queries: TenantQueries,
    integration: IntegrationId,
    path: string,
    body: Document,
  ): Promise<unknown> {
    const credentials = await findCredentials(queries, this.#platform.secrets, integration);
    const base = credentials?.base_url;
    if (!credentials || !base) throw forbidden('No credentials found for this integration');
    const authorization = await this.#authorization(queries.org, credentials);
    return this.#exchange({
      method: 'POST',
      url: `${base.replace(/\/+$/, '')}/${path}`,
      headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** Whether there are credentials that do not say where the partner is. */
  async isWithoutAddress(queries: TenantQueries, integration: IntegrationId): Promise<boolean> {
    const credentials = await findCredentials(queries, this.#platform.secrets, integration);
    return credentials !== undefined && !credentials.base_url;
  }

  async #authorization(org: string, credentials: Credentials): Promise<string> {
    if ('username' in credentials) {
      const { username, password } = credentials;
      return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
    }
    if (!('oauth' in credentials)) throw forbidden('No credentials found for this integration');
    return `Bearer ${await this.#token(org, credentials.oauth)}`;
  }

  /** A token of the client-credentials grant (RFC 6749, 4.4), kept in memory. Changed credentials never meet an old token. */
  async #token(org: string, oauth: OAuth): Promise<string> {
    const key = createHash('sha256')
      .update(JSON.stringify([org, oauth]))
      .digest('base64url');
    const now = this.#platform.clock.now().getTime();
    const known = this.#tokens.get(key);
    if (known && known.until > now) return known.value;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: oauth.client_id,
      client_secret: oauth.client_secret,
      ...(oauth.scope === undefined ? {} : { scope: oauth.scope }),
    });
    const answer = await this.#exchange({
      method: 'POST',
      url: oauth.authorization_url,
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const value = isDocument(answer) ? textOf(answer['access_token']) : undefined;
    if (!isDocument(answer) || value === undefined) throw partnerFailed('The partner gave no access token');
    const life = Number(answer['expires_in']);
    if (this.#tokens.size >= MOST_TOKENS) this.#tokens.clear();
    if (Number.isFinite(life)) {
      this.#tokens.set(key, { value, until: now + (life - MARGIN_SECONDS) * 1000 });
    }
    return value;
  }

  async #exchange(request: EgressRequest): Promise<unknown> {
    const limits = { timeoutMs: TIMEOUT_MS, maxResponseBytes: MOST_BYTES };
    const answer = await this.#platform.egress.fetch({ ...request, ...limits }).catch((error: unknown) => {
      if (error instanceof EgressError) throw partnerFailed(`The partner gave no answer (${error.code})`);
      throw error;
    });
    if (answer.status < 200 || answer.status > 299)
      throw partnerFailed(`The partner answered ${answer.status}`);
    try {
      return parseJsonBody(Buffer.from(answer.body).toString('utf8'));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw partnerFailed('The partner answered no JSON that can be used');
    }
  }
}

/** 502 `PARTNER_FAILED`: a partner's system did not do its part; the message says nothing about where it is. */
export function partnerFailed(message: string): Refusal {
  return new Refusal(502, 'PARTNER_FAILED', message);
}
