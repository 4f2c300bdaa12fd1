import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import type { KeyRing } from '../keys/key-ring.ts';
import { issuerOf, TOKEN_TYPES, type TokenType } from './token-type.ts';

/** Who our tokens are for (identity §3.2). */
export const TOKEN_AUDIENCE = 'portal-server';

interface TokenToIssue {
  readonly org: string;
  readonly type: TokenType;
  readonly name: string;
  /** The user an `assume` token acts for; stored types act as themselves. */
  readonly userId?: string | undefined;
  readonly roles: readonly string[];
  readonly journeyId?: string | undefined;
  readonly portalId?: string | undefined;
  readonly portalUserId?: string | undefined;
  readonly readOnly: boolean;
  readonly issuedAt: Date;
  readonly expiresAt: Date | undefined;
}

export interface IssuedToken {
  /** Such as `api_5ZugdRXasLfWBypHi93Fk`. */
  readonly id: string;
  /** The JWT. Shown once, never stored. */
  readonly token: string;
  readonly keyId: string;
}

/** Signs access tokens with the claims of identity §3.2. */
export class TokenIssuer {
  readonly #keys: KeyRing;
  readonly #baseUrl: string;

  constructor(keys: KeyRing, baseUrl: string) {
    this.#keys = keys;
    this.#baseUrl = baseUrl;
  }

  async issue(request: TokenToIssue): Promise<IssuedToken> {
    const { keySet } = TOKEN_TYPES[request.type];
    const { keyId, privateKey } = await this.#keys.signer(keySet);
    const id = tokenId(request.type);
    const jwt = new SignJWT(claimsOf(id, request))
      .setProtectedHeader({ alg: 'RS256', kid: keyId, typ: 'JWT' })
      .setIssuer(issuerOf(this.#baseUrl, request.type))
      .setAudience(TOKEN_AUDIENCE)
      .setJti(id)
      .setIssuedAt(request.issuedAt);
    if (request.expiresAt) jwt.setExpirationTime(request.expiresAt);
    return { id, token: await jwt.sign(privateKey), keyId };
  }
}

function claimsOf(id: string, request: TokenToIssue): Record<string, unknown> {
  return {
    token_use: 'access',
    token_id: id,
    token_name: request.name,
    token_type: request.type,
    org_id: request.org,
    user_id: request.userId ?? id,
    assume_roles: request.roles,
    ...(request.journeyId ? { journey_id: request.journeyId } : {}),
    ...(request.portalId ? { portal_id: request.portalId } : {}),
    ...(request.portalUserId ? { portal_user_id: request.portalUserId } : {}),
    ...(request.readOnly ? { read_only: true } : {}),
  };
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The type and 21 random characters (125 bits). */
function tokenId(type: TokenType): string {
  let id = '';
  while (id.length < 21) {
    for (const byte of randomBytes(32)) {
      // 248 is the largest multiple of 62 a byte can hold: beyond it the first characters would come up more often.
      if (byte < 248 && id.length < 21) id += ALPHABET[byte % 62];
    }
  }
  return `${type}_${id}`;
}
