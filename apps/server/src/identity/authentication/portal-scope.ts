import type { FastifyRequest } from 'fastify';
import { forbidden } from '../../refusal.ts';
import { asObject } from '../json-reading.ts';
import type { PortalDirectory } from '../portals/portal-directory.ts';
import type { PortalPrincipal } from '../principal.ts';

/** Parameters that name a portal. For its users they may only confirm the token's portal (portal §1.3 step 7, §2.1). */
export async function confirmPortalScope(
  request: FastifyRequest,
  principal: PortalPrincipal,
  directory: Pick<PortalDirectory, 'portalByDomain'>,
): Promise<void> {
  const query = asObject(request.query);
  const agrees =
    confirms(query['portal_id'], principal.portalId) &&
    confirms(query['org_id'], principal.org) &&
    confirms(query['origin'], principal.origin);
  if (!agrees) throw otherPortal();
  const domain = query['domain'];
  if (typeof domain !== 'string' || domain === '') return;
  const portal = await directory.portalByDomain(domain);
  if (portal?.portalId !== principal.portalId) throw otherPortal();
}

function confirms(value: unknown, own: string): boolean {
  return value === undefined || value === '' || value === own;
}

function otherPortal() {
  return forbidden('Not permitted: the parameters name another portal than the token');
}
