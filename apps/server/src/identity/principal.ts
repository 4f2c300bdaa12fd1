/** Who a request comes from, after its token has been verified (spec/identity.md §8). */
export type Principal =
  | StaffPrincipal
  | ApiPrincipal
  | PortalPrincipal
  | PublicPrincipal
  | AnonymousPrincipal;

/** A 360 user with a session token, or acting through an `assume` token. */
export interface StaffPrincipal {
  readonly kind: 'user';
  readonly org: string;
  readonly userId: string;
  readonly email: string;
  readonly tokenId: string | undefined;
  /** Role ids such as `739224:owner`. */
  readonly roles: readonly string[];
  readonly readOnly: boolean;
}

/** An access token of type `api` or `app`. */
export interface ApiPrincipal {
  readonly kind: 'api_client' | 'app';
  readonly org: string;
  readonly tokenId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly readOnly: boolean;
}

/** A person signed in to a portal. */
export interface PortalPrincipal {
  readonly kind: 'portal_user';
  readonly org: string;
  readonly portalId: string;
  readonly origin: string;
  readonly portalUserId: string;
  readonly email: string;
  /** The mapped contact; undefined while the account is not mapped. */
  readonly contactId: string | undefined;
  /** The mapped contact and every contact the user represents: the contact set of spec/portal.md §0.2. */
  readonly contactIds: readonly string[];
  readonly sessionId: string | undefined;
  /** The 360 user behind a login-as session. */
  readonly impersonator: string | undefined;
  /** True for `portal_preview` tokens: they see what the user sees and change nothing. */
  readonly readOnly: boolean;
  /** What the request that was authenticated need not ask again; undefined for principals that no request brought. */
  readonly versions?: VersionsAtCall | undefined;
}

/**
 * Which portal configuration and which entity schemas counted at the moment a portal user was authenticated, read in the same statement as their
 * session. A copy in memory of exactly these versions is the truth for the request, whatever other processes have saved before it.
 */
export interface VersionsAtCall {
  /** `portal.revision`. */
  readonly portalRevision: number;
  /** `entity_schema_generation.generation`; 0 before the first schema. */
  readonly schemaGeneration: number;
}

/** A publishable token (`journey` or `portal`): it names an organisation and opens public operations only. */
export interface PublicPrincipal {
  readonly kind: 'public_token';
  readonly org: string;
  readonly tokenId: string;
  readonly portalId: string | undefined;
  readonly journeyId: string | undefined;
}

/** No token. `org` is set when a header identifies an organisation (pricing's public operations). */
export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
  readonly org: string | undefined;
}
