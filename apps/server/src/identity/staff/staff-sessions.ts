import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../../ports/index.ts';
import type { Database, Tenant } from '../../storage/index.ts';
import { writeAudit } from '../audit/audit.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { SignInOrigin } from '../sessions/portal-sessions.ts';
import { staffRefreshTokens } from '../sessions/refresh-token-store.ts';
import {
  endStaffSession,
  findSignedInStaff,
  insertStaffSession,
  type SignedInStaff,
} from './staff-session-store.ts';

/** Session tokens live 60 minutes, a session with its refresh tokens 30 days (identity §2.2). */
const TOKEN_MINUTES = 60;
const SESSION_DAYS = 30;
const MINUTE_MS = 60_000;
/** Whom tokens of staff are for when their client did not say. */
export const STAFF_CLIENT = 'busbar';
/** Stands for the portal where sign-in attempts are counted. */
export const STAFF_SURFACE = 'staff';

/** The answer of the token endpoint. Both tokens are the session token that the APIs take. */
export interface StaffTokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
}

/** The issuer of the tokens of staff. */
export function staffIssuer(baseUrl: string): string {
  return `${baseUrl}/idp/staff`;
}

/** Sessions of 360 users: opening, refreshing, ending, and the tokens made from them (identity §2.2, §2.3). */
export class StaffSessions {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #keys: KeyRing;
  readonly #issuer: string;

  constructor(database: Database, clock: Clock, keys: KeyRing, baseUrl: string) {
    this.#database = database;
    this.#clock = clock;
    this.#keys = keys;
    this.#issuer = staffIssuer(baseUrl);
  }

  /** Opens a session for a user who has proved who they are; undefined when they may not sign in. Told: the audit log. */
  async open(
    tenant: Tenant,
    userId: string,
    clientId: string,
    origin: SignInOrigin,
  ): Promise<StaffTokens | undefined> {
    const now = this.#clock.now();
    const expiresAt = new Date(now.getTime() + SESSION_DAYS * 24 * 60 * MINUTE_MS);
    const session = { id: randomUUID(), userId, authTime: now, expiresAt };
    const opened = await tenant.transaction(async (tx) => {
      await insertStaffSession(tx, session);
      const staff = await findSignedInStaff(tx, session.id, now);
      if (!staff) return undefined;
      await writeAudit(tx, now, {
        actor: `user:${userId}`,
        action: 'staff:sign-in',
        resource: `user:${userId}`,
        result: 'success',
        ...origin,
      });
      return { staff, refreshToken: await staffRefreshTokens.issue(tx, session.id, expiresAt) };
    });
    return opened && this.#tokens(tenant.org, opened.staff, clientId, opened.refreshToken);
  }

  /**
   * Exchanges a refresh token for new tokens; undefined when it is worth nothing. Showing one that was exchanged before ends its session for
   * everybody.
   */
  async refresh(shown: string, clientId: string): Promise<StaffTokens | undefined> {
    const credential = splitCredential(shown);
    if (!credential) return undefined;
    const { org, secret } = credential;
    const now = this.#clock.now();
    const exchanged = await this.#database.tenant(org).transaction(async (tx) => {
      const redemption = await staffRefreshTokens.redeem(tx, secret, now);
      if (redemption.outcome === 'unknown') return undefined;
      if (redemption.outcome === 'reused') {
        await endStaffSession(tx, redemption.sessionId, 'refresh token reused', now);
        return undefined;
      }
      const staff = await findSignedInStaff(tx, redemption.sessionId, now);
      if (!staff) return undefined;
      const { id, expiresAt } = staff.session;
      return { staff, next: await staffRefreshTokens.issue(tx, id, expiresAt) };
    });
    return exchanged && this.#tokens(org, exchanged.staff, clientId, exchanged.next);
  }

  /** Ends the session of a refresh token; one that nobody knows is no error (RFC 7009 §2.2). Answers which. */
  async end(shown: string): Promise<string | undefined> {
    const credential = splitCredential(shown);
    if (!credential) return undefined;
    const tenant = this.#database.tenant(credential.org);
    const sessionId = await staffRefreshTokens.sessionOf(tenant, credential.secret);
    if (sessionId) await endStaffSession(tenant, sessionId, 'revoked', this.#clock.now());
    return sessionId;
  }

  async #tokens(
    org: string,
    staff: SignedInStaff,
    clientId: string,
    refreshToken: string,
  ): Promise<StaffTokens> {
    const now = this.#clock.now();
    const { session } = staff;
    const expiresAt = new Date(
      Math.min(now.getTime() + TOKEN_MINUTES * MINUTE_MS, session.expiresAt.getTime()),
    );
    const { keyId, privateKey } = await this.#keys.signer('portal');
    const token = await new SignJWT({ ...claimsOf(org, staff), token_use: 'id' })
      .setProtectedHeader({ alg: 'RS256', kid: keyId, typ: 'JWT' })
      .setIssuer(this.#issuer)
      .setSubject(staff.userId)
      .setAudience(clientId)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(expiresAt)
      .sign(privateKey);
    return {
      access_token: token,
      id_token: token,
      refresh_token: joinCredential(org, refreshToken),
      token_type: 'Bearer',
      expires_in: Math.floor((expiresAt.getTime() - now.getTime()) / 1000),
    };
  }
}

/** A secret behind the organisation in which it means something: whoever shows one is known by nothing else. */
export function joinCredential(org: string, secret: string): string {
  return `${org}.${secret}`;
}

/** The two parts of {@link joinCredential}; undefined for whatever is none. */
export function splitCredential(shown: string): { org: string; secret: string } | undefined {
  const [, org, secret] = /^([\w-]{1,64})\.([\w-]{1,200})$/.exec(shown) ?? [];
  return org && secret ? { org, secret } : undefined;
}

/** The claims of identity §2.3; both names of the organisation occur in published examples. */
function claimsOf(
  org: string,
  { userId, email, displayName, session }: SignedInStaff,
): Record<string, unknown> {
  return {
    email,
    email_verified: true,
    name: displayName,
    'cognito:username': email,
    'custom:ivy_org_id': org,
    'custom:org_id': org,
    'custom:ivy_user_id': userId,
    sid: session.id,
    auth_time: Math.floor(session.authTime.getTime() / 1000),
  };
}
