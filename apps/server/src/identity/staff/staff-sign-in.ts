import type { OpenIdConnections, OpenIdProvider } from '../../openid/index.ts';
import type { Clock, SecretBox } from '../../ports/index.ts';
import type { Database } from '../../storage/index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { SignInOrigin } from '../sessions/portal-sessions.ts';
import type { StaffSessions } from './staff-sessions.ts';
import type { StaffTokenVerifier } from './staff-token-verifier.ts';
import type { StaffUsers } from './staff-users.ts';

/** How the installation's staff sign in. */
export interface StaffSignInSettings {
  /** The OpenID provider that knows the staff; without one they have passwords here. */
  readonly provider: OpenIdProvider | undefined;
  /** Where clients may have codes sent, besides loopback. */
  readonly redirectUris: readonly string[];
}

/** What the sign-in of staff works with. */
export interface StaffSignIn extends StaffSignInSettings {
  readonly database: Database;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly keys: KeyRing;
  readonly connections: OpenIdConnections;
  readonly users: StaffUsers;
  readonly sessions: StaffSessions;
  readonly verifier: StaffTokenVerifier;
  readonly baseUrl: string;
}

/** One request to it. */
export interface StaffRequest {
  readonly origin: SignInOrigin;
  /** What counts as one client when tries are counted. */
  readonly client: string;
  /** The text members of the form or query, each name once. */
  readonly fields: ReadonlyMap<string, string>;
}
