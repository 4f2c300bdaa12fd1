import type { JsonObject } from '../../contract/json-object.ts';
import type { Call } from '../../http/call.ts';
import { forbidden, notFound } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { noteWrite, type Portal, PortalRights } from '../config/index.ts';
import type { Page } from './page.ts';
import { pagesForUser } from './page-reader.ts';
import { findPage, listPages } from './page-store.ts';
import type { PagesPlatform } from './pages-platform.ts';
import { changePages } from './stored-pages.ts';

/** How operations on pages and blocks come to them, with all rights checked. */
export class PageDesk {
  readonly #platform: PagesPlatform;

  constructor(platform: PagesPlatform) {
    this.#platform = platform;
  }

  /** The portal a signed-in caller names by domain. Throws 403 for what is not the caller's, 404 for unknown domains. */
  async portalOf(call: Call<unknown>, domain: string, action: 'view' | 'edit'): Promise<Portal> {
    const { portals, identity } = this.#platform;
    if (call.principal.kind === 'portal_user') {
      const own = await portals.of(call);
      const named = await portals.findByDomain(domain);
      if (!named) throw notFound('The portal', 'PORTAL_NOT_FOUND');
      if (named.portalId !== own.portalId) throw forbidden('Not permitted: another portal than the token');
      return own;
    }
    const rights = await PortalRights.of(identity.access, call.principal);
    rights.requireAny(action);
    const portal = await portals.of(call, { domain });
    rights.require(portal.origin, action);
    return portal;
  }

  /** One page as the caller may read it: stored for staff, the visible part for users of its portal. Throws 404 for anything else. */
  async read(call: Call<unknown>, pageId: string): Promise<JsonObject> {
    if (call.principal.kind === 'portal_user') {
      const pages = await pagesForUser(
        this.#platform,
        call,
        await listPages(call.tenant, call.principal.portalId),
      );
      const page = pages.find(({ id }) => id === pageId);
      if (!page) throw pageNotFound();
      return page;
    }
    return (await this.#forStaff(call, pageId, 'view')).page;
  }

  /**
   * Changes the pages of the portal that a page belongs to, and answers the page afterwards (undefined when it is gone).
   * @throws Refusal 403, 404, and what `change` throws
   */
  async changeAt(
    call: Call<unknown>,
    pageId: string,
    change: (pages: readonly Page[], page: Page) => readonly Page[],
  ): Promise<JsonObject | undefined> {
    const { portal } = await this.#forStaff(call, pageId, 'edit');
    return this.change(call, portal.portalId, pageId, async (tx) =>
      changePages(tx, this.#platform.clock, portal.portalId, (pages) => {
        const page = pages.find(({ id }) => id === pageId);
        if (!page) throw pageNotFound();
        return change(pages, page);
      }),
    );
  }

  /** Runs a change with its note in the audit log, and answers one page afterwards. */
  async change(
    call: Call<unknown>,
    portalId: string,
    pageId: string,
    work: (tx: TenantTransaction) => Promise<void>,
  ): Promise<JsonObject | undefined> {
    return call.tenant.transaction(async (tx) => {
      await work(tx);
      await noteWrite(tx, call, this.#platform.clock.now(), 'portal.pages', portalId);
      return findPage(tx, pageId);
    });
  }

  async #forStaff(call: Call<unknown>, pageId: string, action: 'view' | 'edit') {
    const { portals, identity } = this.#platform;
    const rights = await PortalRights.of(identity.access, call.principal);
    rights.requireAny(action);
    const page = await findPage(call.tenant, pageId);
    const portal = page && (await portals.find(String(page['portal_id'])));
    if (!page || !portal) throw pageNotFound();
    rights.require(portal.origin, action);
    return { page, portal };
  }
}

/** 404 for a page that does not exist or is not the caller's to see. */
function pageNotFound() {
  return notFound('The page', 'PAGE_NOT_FOUND');
}
