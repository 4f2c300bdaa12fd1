import { countAttempt, type RateLimit } from '../rate-limits/rate-window.ts';
import { SURFACE_LIMITS } from '../rate-limits/surface-limits.ts';
import type { SignInContext } from './sign-in-context.ts';

/** Counts codes and mails that somebody wants for an address, by IP and by address (portal §1.7). Throws 429. */
export async function countMailWish(
  context: SignInContext,
  surface: 'challenge' | 'mail',
  email: string,
): Promise<void> {
  await count(context, SURFACE_LIMITS[`${surface}PerIp`], context.origin.ip);
  await count(context, SURFACE_LIMITS[`${surface}PerAccount`], email);
}

/** Counts codes and link tokens that are shown, right or wrong, by IP. Throws 429. */
export function countProof(context: SignInContext): Promise<void> {
  return count(context, SURFACE_LIMITS.proofPerIp, context.origin.ip);
}

function count(context: SignInContext, limit: RateLimit, subject: string): Promise<void> {
  return countAttempt(context.tenant, limit, `${context.portal.portalId} ${subject}`, context.now);
}
