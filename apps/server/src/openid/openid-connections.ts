import { createRemoteJWKSet, errors, type JWTPayload, customFetch as joseFetch, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { type Clock, type Egress, EgressError } from '../ports/index.ts';
import { Refusal, unauthorized } from '../refusal.ts';
import { egressFetch } from './egress-fetch.ts';
import type { OpenIdProvider } from './openid-provider.ts';

/** Signatures that a holder of public data alone cannot make (portal §4.7 step 2). */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
/** Seconds that clocks may differ. */
const SKEW_SECONDS = 60;
/** What discovery said counts this long. */
const KEPT_MS = 10 * 60_000;
const MOST_KEPT = 200;

interface Discovered {
  readonly until: number;
  readonly metadata: openid.ServerMetadata;
  readonly keys: ReturnType<typeof createRemoteJWKSet>;
}

/** The claims of an id token that has been verified. */
export type ProviderClaims = JWTPayload & { readonly iss: string; readonly sub: string };

/** What a code was exchanged for, as the provider answered. */
export interface ProviderTokens {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly id_token?: string;
  readonly scope?: string;
}

/** Talks to OpenID providers: discovery, keys, codes. Everything goes through the guarded egress. */
export class OpenIdConnections {
  readonly #fetch: ReturnType<typeof egressFetch>;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Discovered>();

  constructor(egress: Egress, clock: Clock) {
    this.#fetch = egressFetch(egress);
    this.#clock = clock;
  }

  /** Where a browser is sent to sign in, with these parameters. Throws 500 when the provider cannot be reached or has no such page. */
  async authorizationUrl(
    provider: OpenIdProvider,
    parameters: Readonly<Record<string, string>>,
  ): Promise<string> {
    const { metadata } = await this.#discover(provider);
    if (!metadata.authorization_endpoint) throw unreachable();
    const url = new URL(metadata.authorization_endpoint);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Verifies an id token of a provider for one of its clients. Throws 401 when it does not count, 500 when the provider cannot be reached. */
  async verifyIdToken(provider: OpenIdProvider, token: string): Promise<ProviderClaims> {
    const { metadata, keys } = await this.#discover(provider);
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: metadata.issuer,
        audience: [...provider.clientIds],
        algorithms: ALGORITHMS,
        clockTolerance: SKEW_SECONDS,
        currentDate: this.#clock.now(),
        requiredClaims: ['sub', 'exp', 'iat'],
      });
      const { iss, sub } = payload;
      if (!iss || !sub) throw unauthorized('The token of the provider is not valid');
      return { ...payload, iss, sub };
    } catch (error) {
      if (error instanceof EgressError) throw unreachable();
      if (error instanceof errors.JOSEError) throw unauthorized('The token of the provider is not valid');
      throw error;
    }
  }

  /**
   * Exchanges an authorization code with its PKCE verifier, on the server, with the stored secret (portal §4.7). Throws 400 when the provider
   * refuses, 500 when it cannot be reached.
   */
  async exchangeCode(
    provider: OpenIdProvider,
    code: {
      readonly code: string;
      readonly verifier: string;
      readonly redirectUri: string;
      readonly clientId: string;
    },
  ): Promise<ProviderTokens> {
    const { metadata } = await this.#discover(provider);
    const server = {
      ...metadata,
      ...(provider.tokenEndpoint ? { token_endpoint: provider.tokenEndpoint } : {}),
    };
    const config = new openid.Configuration(server, code.clientId, undefined, clientAuth(provider, metadata));
    config[openid.customFetch] = this.#fetch;
    if (isLocal(provider.issuer)) openid.allowInsecureRequests(config);
    try {
      const answer = await openid.genericGrantRequest(config, 'authorization_code', {
        code: code.code,
        code_verifier: code.verifier,
        redirect_uri: code.redirectUri,
      });
      return {
        access_token: answer.access_token,
        token_type: answer.token_type,
        expires_in: answer.expires_in ?? 0,
        refresh_token: answer.refresh_token ?? '',
        ...(answer.id_token ? { id_token: answer.id_token } : {}),
        ...(answer.scope ? { scope: answer.scope } : {}),
      };
    } catch (error) {
      if (
        error instanceof openid.ResponseBodyError ||
        error instanceof openid.WWWAuthenticateChallengeError
      ) {
        throw new Refusal(400, 'PROVIDER_REFUSED', 'The identity provider did not take the code', {
          reason: 'PROVIDER_REFUSED',
        });
      }
      if (error instanceof EgressError || error instanceof openid.ClientError) throw unreachable();
      throw error;
    }
  }

  async #discover(provider: OpenIdProvider): Promise<Discovered> {
    const { issuer, clientIds } = provider;
    const now = this.#clock.now().getTime();
    const known = this.#kept.get(issuer);
    if (known && known.until > now) return known;
    const options: openid.DiscoveryRequestOptions = {
      [openid.customFetch]: this.#fetch,
      ...(isLocal(issuer) ? { execute: [openid.allowInsecureRequests] } : {}),
    };
    try {
      const found = await openid.discovery(
        new URL(issuer),
        clientIds[0] ?? '',
        undefined,
        openid.None(),
        options,
      );
      const metadata = found.serverMetadata();
      if (!metadata.jwks_uri) throw unreachable();
      const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), { [joseFetch]: this.#fetch });
      const discovered = { until: now + KEPT_MS, metadata, keys };
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(issuer, discovered);
      return discovered;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw unreachable();
    }
  }
}

function clientAuth(provider: OpenIdProvider, metadata: openid.ServerMetadata): openid.ClientAuth {
  if (!provider.clientSecret) return openid.None();
  const methods = metadata.token_endpoint_auth_methods_supported;
  const posts = methods?.includes('client_secret_post') && !methods.includes('client_secret_basic');
  return posts
    ? openid.ClientSecretPost(provider.clientSecret)
    : openid.ClientSecretBasic(provider.clientSecret);
}

/** Providers without TLS exist in development only; the egress refuses loopback unless the installation allows it. */
function isLocal(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '127.0.0.1');
}

function unreachable(): Refusal {
  return new Refusal(500, 'PROVIDER_UNAVAILABLE', 'The identity provider could not be asked', {
    reason: 'UPSTREAM_ERROR',
  });
}
