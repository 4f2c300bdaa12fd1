import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { KeyRing } from '../keys/key-ring.ts';
import type { PortalRecord } from '../portals/portal-directory.ts';
import type { SignInSettings } from '../portals/sign-in-settings.ts';
import type { PortalSession } from './session-store.ts';

/** Who the tokens speak of (portal §1.2). */
export interface TokenSubject {
  readonly email: string;
  readonly emailVerified: boolean;
  /** The mapped contact; undefined while unmapped. */
  readonly contactId: string | undefined;
}

/** The answer of the token endpoint (RFC 6749 §5.1 and OpenID Connect). */
export interface TokenSet {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token?: string;
  readonly token_type: 'Bearer';
  /** Seconds the access token is valid. */
  readonly expires_in: number;
}

/** The issuer of a portal's tokens. */
export function portalIssuer(baseUrl: string, portalId: string): string {
  return `${baseUrl}/idp/portals/${portalId}`;
}

/** Signs the id and access tokens of portal users. */
export class PortalTokenIssuer {
  readonly #keys: KeyRing;
  readonly #baseUrl: string;

  constructor(keys: KeyRing, baseUrl: string) {
    this.#keys = keys;
    this.#baseUrl = baseUrl;
  }

  /** A token set for a session. Neither token outlives the session. */
  async issue(
    portal: PortalRecord,
    settings: SignInSettings,
    session: PortalSession,
    subject: TokenSubject,
    refreshToken: string | undefined,
    now: Date,
  ): Promise<TokenSet> {
    const { keyId, privateKey } = await this.#keys.signer('portal');
    const sign = (use: 'id' | 'access', minutes: number, extra: Record<string, string>) => {
      const expiresAt = new Date(Math.min(now.getTime() + minutes * 60_000, session.expiresAt.getTime()));
      const jwt = new SignJWT({ ...claimsOf(portal, session, subject), ...extra, token_use: use })
        .setProtectedHeader({ alg: 'RS256', kid: keyId, typ: 'JWT' })
        .setIssuer(portalIssuer(this.#baseUrl, portal.portalId))
        .setSubject(session.accountId)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(expiresAt);
      return { jwt: jwt.sign(privateKey), seconds: Math.floor((expiresAt.getTime() - now.getTime()) / 1000) };
    };
    const access = sign('access', settings.accessMinutes, { client_id: settings.clientId });
    const id = sign('id', settings.idMinutes, { aud: settings.clientId });
    return {
      access_token: await access.jwt,
      id_token: await id.jwt,
      ...(refreshToken ? { refresh_token: refreshToken } : {}),
      token_type: 'Bearer',
      expires_in: access.seconds,
    };
  }
}

function claimsOf(
  portal: PortalRecord,
  session: PortalSession,
  subject: TokenSubject,
): Record<string, unknown> {
  return {
    email: subject.email,
    email_verified: subject.emailVerified,
    'cognito:username': subject.email,
    'custom:org_id': portal.org,
    'custom:origin': portal.origin,
    'custom:portal_id': portal.portalId,
    'custom:portal_user_id': session.portalUserId,
    ...(subject.contactId ? { 'custom:contact_entity_id': subject.contactId } : {}),
    sid: session.id,
    auth_time: Math.floor(session.authTime.getTime() / 1000),
    ...(session.impersonator ? { act: { sub: session.impersonator } } : {}),
  };
}
