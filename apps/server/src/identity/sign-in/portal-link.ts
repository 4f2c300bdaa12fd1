import type { PortalRecord } from '../portals/portal-directory.ts';

/** A page of the portal's site with a token in its query. Without a domain of its own the portal has no page: the mail's code has to do. */
export function portalLink(
  portal: PortalRecord,
  path: string,
  query: Readonly<Record<string, string>>,
): string {
  const [domain] = portal.domains;
  if (!domain) return '';
  const isLocal = domain === 'localhost' || domain.endsWith('.localhost');
  return `${isLocal ? 'http' : 'https'}://${domain}${path}?${new URLSearchParams(query)}`;
}
