import type { TenantQueries } from '../../storage/index.ts';
import { portalRefreshTokens } from './refresh-token-store.ts';
import { endSession, findLivingSession } from './session-store.ts';

/**
 * Ends the session of a refresh token, and with it every token made from it. Unknown, ended and foreign tokens change nothing and are no
 * error (portal §1.4, RFC 7009 §2.2). `portalUserId` undefined: whoever holds the token may end it.
 */
export async function endByRefreshToken(
  queries: TenantQueries,
  refreshToken: string,
  portalUserId: string | undefined,
  now: Date,
): Promise<void> {
  const sessionId = await portalRefreshTokens.sessionOf(queries, refreshToken);
  const session = sessionId && (await findLivingSession(queries, sessionId, now));
  if (!session || (portalUserId !== undefined && session.portalUserId !== portalUserId)) return;
  await endSession(queries, session.id, 'revoked', now);
}
