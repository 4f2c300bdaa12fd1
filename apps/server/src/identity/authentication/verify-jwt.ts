import { createHash } from 'node:crypto';
import { decodeJwt, errors, jwtVerify } from 'jose';
import { unauthorized } from '../../refusal.ts';
import type { JsonObject } from '../json-reading.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { KeySet } from '../keys/key-set.ts';

/** Clocks may differ this much (identity §3.4). */
const SKEW_SECONDS = 60;
/** Ours are under 2 KiB; nothing longer is worth hashing or parsing. */
const LONGEST_TOKEN = 8_192;

/** The issuer a token claims, read without any verification: only to choose the keys it is then held against. Throws 401. */
export function claimedIssuer(token: string): string {
  if (token.length > LONGEST_TOKEN) throw unauthorized();
  try {
    return decodeJwt(token).iss ?? '';
  } catch (error) {
    if (error instanceof errors.JOSEError) throw unauthorized();
    throw error;
  }
}

/**
 * Verifies a token against one key set: RS256 only, a key id of that set, the exact issuer, `exp`, `nbf` and `iat` with 60 seconds of skew
 * (identity §3.4, portal §1.3 step 1). Answers its claims; throws 401 for anything else.
 */
export async function verifyJwt(
  keys: KeyRing,
  set: KeySet,
  token: string,
  issuer: string,
  now: Date,
): Promise<JsonObject> {
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = kid === undefined ? undefined : await keys.verifier(set, kid);
        if (!key) throw unauthorized();
        return key;
      },
      { algorithms: ['RS256'], issuer, clockTolerance: SKEW_SECONDS, currentDate: now },
    );
    if (payload.iat === undefined || payload.iat > now.getTime() / 1000 + SKEW_SECONDS) throw unauthorized();
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw unauthorized('The token has expired');
    if (error instanceof errors.JOSEError) throw unauthorized();
    throw error;
  }
}

/** What a token is remembered by: never the token itself. */
export function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
