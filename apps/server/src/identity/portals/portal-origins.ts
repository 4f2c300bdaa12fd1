import type { Clock } from '../../ports/index.ts';
import type { PortalDirectory } from './portal-directory.ts';

/** A new or removed domain counts within this time. */
const KEPT_MS = 30_000;
const MOST_ORIGINS = 1_000;

/**
 * Makes the test whether a browser's `Origin` is a portal's site: `https` on a host name that leads to a portal (`http` on localhost). Every
 * request of a browser asks, so answers are kept for 30 seconds.
 */
export function portalOrigins(
  directory: PortalDirectory,
  clock: Clock,
): (origin: string) => Promise<boolean> {
  const kept = new Map<string, { readonly until: number; readonly isPortal: boolean }>();
  return async (origin) => {
    const now = clock.now().getTime();
    const known = kept.get(origin);
    if (known && known.until > now) return known.isPortal;
    const isPortal = await isPortalOrigin(directory, origin);
    if (kept.size >= MOST_ORIGINS) kept.clear();
    kept.set(origin, { until: now + KEPT_MS, isPortal });
    return isPortal;
  };
}

async function isPortalOrigin(directory: PortalDirectory, origin: string): Promise<boolean> {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) return false;
  return (await directory.portalByDomain(hostname)) !== undefined;
}
