/** An OpenID provider that somebody configured, and what we are called there. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** Tokens may be made for any of them. */
  readonly clientIds: readonly string[];
  /** Undefined for public clients. */
  readonly clientSecret: string | undefined;
  /** In the place of the one that discovery names. */
  readonly tokenEndpoint: string | undefined;
}
