import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { notFound, unauthorized } from '../../refusal.ts';
import { type Database, sql } from '../../storage/index.ts';
import type { Portal } from './portal.ts';
import type { Portals } from './portals.ts';

interface EdgePlatform {
  readonly database: Database;
  readonly portals: Portals;
  /** Opens the list of all names; without one there is no such list. */
  readonly edgeToken: string | undefined;
}

/**
 * What a reverse proxy in front of the portals asks (docs/portal-domains.md): whether it may obtain a certificate for a name, and what to do with
 * requests for it. A single name tells no more than a visit of the site; the list of all names needs the edge's token.
 */
export function edgeRoutes({ database, portals, edgeToken }: EdgePlatform) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/edge/certificate-allowed', async (request, reply) => {
      await distributionOf(request.query);
      return reply.code(200).send();
    });

    app.get('/edge/distribution', (request) => distributionOf(request.query));

    if (edgeToken === undefined) return;
    app.get('/edge/distributions', async (request) => {
      if (!isEdge(request.headers.authorization, edgeToken)) throw unauthorized();
      const rows = await database.system.query<{ domain: string }>(sql`
        select d.domain from portal_domain d join organisation o on o.org_id = d.org_id and o.active
         where d.active order by d.domain`);
      const distributions: JsonObject[] = [];
      for (const { domain } of rows) {
        const portal = await portals.findByDomain(domain);
        if (portal) distributions.push(distribution(portal, domain));
      }
      return { distributions };
    });
  };

  async function distributionOf(query: unknown): Promise<JsonObject> {
    const { domain } = asObject(query);
    const portal = typeof domain === 'string' ? await portals.findByDomain(domain) : undefined;
    if (!portal || typeof domain !== 'string') throw notFound('The domain', 'DOMAIN_UNKNOWN');
    return distribution(portal, domain);
  }
}

/** What the edge does with requests for one name of a portal. */
function distribution(portal: Portal, domain: string): JsonObject {
  const { config } = portal;
  const redirects = asObject(config['domain_settings'])['is_redirection_enabled'] === true;
  const isSecondary = domain !== config['domain'] && portal.domains.includes(String(config['domain']));
  return {
    domain,
    portal_id: portal.portalId,
    organization_id: portal.org,
    origin: portal.origin,
    enabled: portal.enabled,
    redirect_to: redirects && isSecondary ? `https://${config['domain']}` : null,
    redirect_status: 308,
    headers: config['prevent_search_engine_indexing'] === true ? { 'X-Robots-Tag': 'noindex' } : {},
  };
}

/** Compares without telling by its time how much of a guess was right. */
function isEdge(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}
