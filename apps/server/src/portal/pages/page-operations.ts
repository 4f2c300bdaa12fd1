import { randomUUID } from 'node:crypto';
import { asObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import { reply } from '../../http/call.ts';
import { notFound } from '../../refusal.ts';
import { PortalRights } from '../config/index.ts';
import { applyPages, withoutPages } from './apply-pages.ts';
import { contextReferences } from './context-entities.ts';
import { defaultPages, isUntouched } from './default-pages.ts';
import { PageDesk } from './page-desk.ts';
import { selectPages } from './page-query.ts';
import { pagesForPublic, pagesForUser } from './page-reader.ts';
import { listPages } from './page-store.ts';
import type { PagesPlatform } from './pages-platform.ts';
import { changePages } from './stored-pages.ts';

/** Pages by domain and by id, for staff, portal users and the public (portal §3.5). */
export function pageOperations(platform: PagesPlatform): Operations<'customer-portal'> {
  const { clock, portals, identity, database } = platform;
  const desk = new PageDesk(platform);

  return {
    async getPortalPages(call) {
      const { domain, fields, filter, contract_id, context_entities } = call.parameters;
      const portal = await desk.portalOf(call, String(domain), 'view');
      const isUser = call.principal.kind === 'portal_user';
      const pages = isUser
        ? await pagesForUser(
            platform,
            call,
            await listPages(call.tenant, portal.portalId),
            contextReferences(context_entities, contract_id),
          )
        : await listPages(call.tenant, portal.portalId);
      return selectPages(pages, { fields, filter });
    },

    async getPublicPages(call) {
      const { domain, fields, filter } = call.parameters;
      const portal = await portals.ofPublic({ domain });
      if (!portal.enabled) return [];
      const pages = await pagesForPublic(platform, database.tenant(portal.org), portal.portalId);
      return selectPages(pages, { fields, filter });
    },

    async getPortalPage(call) {
      return desk.read(call, String(call.parameters.id));
    },

    async getDefaultPages(call) {
      (await PortalRights.of(identity.access, call.principal)).requireAny('view');
      return defaultPages();
    },

    async createPortalPage(call) {
      const portal = await desk.portalOf(call, String(call.parameters.domain), 'edit');
      const id = randomUUID();
      const sent = { ...asObject(call.body), id, is_deleted: false };
      return desk.change(call, portal.portalId, id, (tx) =>
        changePages(tx, clock, portal.portalId, (pages) => applyPages(pages, oneOf(sent))),
      );
    },

    async updatePortalPage(call) {
      const id = String(call.parameters.id);
      const sent = { ...asObject(call.body), id };
      const saved = await desk.changeAt(call, id, (pages) => applyPages(pages, oneOf(sent)));
      if (!saved) throw notFound('The page', 'PAGE_NOT_FOUND');
      return saved;
    },

    async deletePortalPage(call) {
      const id = String(call.parameters.id);
      await desk.changeAt(call, id, (pages) => withoutPages(pages, [id]));
      return reply(204);
    },
  };
}

/** A save of one page whose id the server has chosen or found. */
function oneOf(page: unknown) {
  // Who creates a page may not know of the system pages, but does not overwrite what somebody has edited.
  return {
    sent: [page],
    mode: 'id',
    taken: new Set<string>(),
    yields: isUntouched,
    pathOf: () => 'body',
  } as const;
}
