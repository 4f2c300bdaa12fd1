import type { Clock } from '../../ports/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { PortalPages } from '../config/index.ts';
import { applyPages } from './apply-pages.ts';
import { defaultPages, detailPage, schemasWithDetailPage } from './default-pages.ts';
import { withoutLostParents } from './orphans.ts';
import type { Page } from './page.ts';
import {
  idsElsewhere,
  listPages,
  lockPages,
  pageVersions,
  removePages,
  swapPages,
  writePages,
} from './page-store.ts';

/** Pages as the configuration of portals asks for them (portal §3.5, §3.12, §3.13); `visibleTo` is how portal users read them. */
export function storedPages(clock: Clock, visibleTo: PortalPages['visibleTo']): PortalPages {
  return {
    list: listPages,
    versions: pageVersions,
    visibleTo,
    upsert: async (tx, portalId, sent, mode) => {
      const taken = await idsElsewhere(tx, portalId, idsIn(sent));
      await changePages(tx, clock, portalId, (pages) =>
        // A slug names one place of a portal: whoever sends a page with it says what stands there.
        applyPages(pages, { sent, mode, taken, yields: () => true, pathOf: (at) => `body.pages[${at}]` }),
      );
    },
    createDefaults: (tx, portalId) =>
      changePages(tx, clock, portalId, (pages) => [...pages, ...defaultPages()]),
    syncDetailPages: (tx, portalId, schemas) =>
      changePages(tx, clock, portalId, (pages) => withDetailPages(pages, schemasWithDetailPage(schemas))),
    swap: swapPages,
    removeAll: removePages,
  };
}

/** Changes the pages of a portal; nobody else changes them meanwhile. */
export async function changePages(
  tx: TenantTransaction,
  clock: Clock,
  portalId: string,
  change: (pages: readonly Page[]) => readonly Page[],
): Promise<void> {
  const before = await lockPages(tx, portalId);
  await writePages(tx, portalId, before, change(before), clock.now());
}

/** Detail pages that the server made are system pages; those that people made stay whatever the portal shows. */
function withDetailPages(pages: readonly Page[], schemas: readonly string[]): Page[] {
  const isMade = (page: Page) => page['is_detail'] === true && page['is_system'] === true;
  const kept = pages.filter((page) => !isMade(page) || schemas.includes(String(page['detail_schema'])));
  const have = new Set(
    kept.filter((page) => page['is_detail'] === true).map((page) => page['detail_schema']),
  );
  const slugs = new Set(kept.map(({ slug }) => slug));
  const missing = schemas.filter((schema) => !have.has(schema));
  const last = Math.max(0, ...kept.map(({ order }) => order));
  return [
    ...withoutLostParents(kept),
    ...missing.map((schema, at) => detailPage(schema, freeSlug(schema, slugs), last + at + 1)),
  ];
}

function freeSlug(schema: string, taken: ReadonlySet<string>): string {
  const slug = schema
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .replace(/^[_-]+/, '');
  const wanted = slug === '' ? 'detail' : slug;
  let free = wanted;
  for (let count = 2; taken.has(free); count += 1) free = `${wanted}-${count}`;
  return free;
}

function idsIn(pages: readonly unknown[]): string[] {
  return pages.flatMap((page) =>
    typeof page === 'object' && page !== null && 'id' in page && typeof page.id === 'string' ? [page.id] : [],
  );
}
