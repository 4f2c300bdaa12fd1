import { isKnownClient } from '../rate-limits/known-clients.ts';
import { countAttempt, type RateLimit } from '../rate-limits/rate-window.ts';
import { SURFACE_LIMITS } from '../rate-limits/surface-limits.ts';
import type { SignInContext } from './sign-in-context.ts';

/**
 * Counts codes and mails that somebody wants for an address: by client, and by client and address (portal §1.7). Clients that the owner has
 * not used share a third limit, so that nobody's mailbox is flooded; it never keeps the owner at a client of theirs from a mail. Throws 429.
 */
export async function countMailWish(
  context: SignInContext,
  surface: 'challenge' | 'mail',
  email: string,
): Promise<void> {
  const { client, portal, tenant } = context;
  await count(context, SURFACE_LIMITS[`${surface}PerIp`], client);
  await count(context, SURFACE_LIMITS[`${surface}PerClient`], `${email} ${client}`);
  const isKnown = await isKnownClient(tenant, { portalId: portal.portalId, email, client });
  if (!isKnown) await count(context, SURFACE_LIMITS[`${surface}PerAccount`], email);
}

/** Counts codes and link tokens that are shown, right or wrong, by client. Throws 429. */
export function countProof(context: SignInContext): Promise<void> {
  return count(context, SURFACE_LIMITS.proofPerIp, context.client);
}

function count(context: SignInContext, limit: RateLimit, subject: string): Promise<void> {
  return countAttempt(context.tenant, limit, `${context.portal.portalId} ${subject}`, context.now);
}
