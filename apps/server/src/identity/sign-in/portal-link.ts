import { asObject, textOf } from '../json-reading.ts';
import type { PortalRecord } from '../portals/portal-directory.ts';

/**
 * A page of the portal's site, with a token or the like in its query. Without a domain of its own the portal has no page (empty text): the
 * mail's code has to do.
 */
export function portalLink(
  portal: Pick<PortalRecord, 'domains' | 'config'>,
  path: string,
  query: Readonly<Record<string, string>>,
): string {
  const preferred = textOf(asObject(portal.config)['domain'])?.toLowerCase();
  const domain = portal.domains.find((name) => name === preferred) ?? portal.domains[0];
  if (!domain) return '';
  const isLocal = domain === 'localhost' || domain.endsWith('.localhost');
  const search = new URLSearchParams(query).toString();
  return `${isLocal ? 'http' : 'https'}://${domain}${path}${search ? `?${search}` : ''}`;
}
