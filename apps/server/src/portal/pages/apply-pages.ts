import { randomUUID } from 'node:crypto';
import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { forbidden, invalid } from '../../refusal.ts';
import { withoutLostParents } from './orphans.ts';
import { blocksOf, type Page } from './page.ts';
import { pageProblems, parentOf, problemsAmong } from './page-problems.ts';

/** Members that the server keeps itself; what clients send for them does not count. */
const OWN_MEMBERS: ReadonlySet<string> = new Set([
  ...['is_deleted', 'last_modified_at', 'past_routes', 'portal_id', 'org_id', 'domain', 'portal_sk_v3'],
]);

/** A save of pages. */
export interface PageChange {
  readonly sent: readonly unknown[];
  /** How a page that is sent is found again: by its id, or also by its slug, whose stored page then lends it its id. */
  readonly mode: 'id' | 'slug';
  /** Ids that belong to pages of other portals; pages sent with them get ids of their own. */
  readonly taken: ReadonlySet<string>;
  /** Whether a stored page leaves its slug, and its place, to a page with a new id that is sent with that slug. */
  readonly yields: (page: Page) => boolean;
  /** Where a page stands in the request. */
  readonly pathOf: (at: number) => string;
}

/**
 * The pages of a portal after a save (portal §3.5 rules 1-7): what is sent is created or replaced, `is_deleted` removes, all others stay. A page
 * without `blocks` keeps the stored ones. A page under itself or one that the portal does not have, as in the documented calls, stands at the top.
 * @throws Refusal 400 with all problems; 403 when a system page would be deleted
 */
export function applyPages(stored: readonly Page[], change: PageChange): Page[] {
  const { sent, pathOf } = change;
  const given = sent.map(asObject);
  const alone = given.flatMap((page, at) =>
    page['is_deleted'] === true && page['id'] !== undefined ? [] : pageProblems(page, pathOf(at)),
  );
  if (alone.length > 0) throw invalid(alone);

  const { pages: named, adopted } = withIds(stored, given, change);
  const result = new Map(withYieldedSlugs(stored, named, change.yields).map((page) => [page.id, page]));
  const places = new Map<string, number>();
  for (const [at, page] of named.entries()) {
    if (places.has(page.id)) {
      throw invalid({ path: `${pathOf(at)}.id`, message: 'is used by another page of the request' });
    }
    places.set(page.id, at);
    if (page.sent['is_deleted'] !== true) result.set(page.id, replaced(result.get(page.id), page, adopted));
  }
  const removed = named.filter(({ sent: page }) => page['is_deleted'] === true).map(({ id }) => id);
  const left = withoutLostParents(withoutPages([...result.values()], removed));
  const entry = named.findLast(
    ({ sent: page }) => page['is_entry_route'] === true && page['is_deleted'] !== true,
  );
  const after = left.map((page) => withCleanRoutes(withOneEntry(page, entry?.id), left));
  // A clash is the fault of the page that was sent, so stored pages come first and take their slugs.
  const order = [...after.filter(({ id }) => !places.has(id)), ...after.filter(({ id }) => places.has(id))];
  const problems = problemsAmong(order, ({ id }) => pathOf(places.get(id) ?? 0));
  if (problems.length > 0) throw invalid(problems);
  return after;
}

/** The pages without some: children move up to the parent of what goes. Throws 403 for system pages. */
export function withoutPages(pages: readonly Page[], ids: readonly string[]): Page[] {
  const gone = new Map(pages.filter(({ id }) => ids.includes(id)).map((page) => [page.id, page]));
  for (const page of gone.values()) {
    if (page['is_system'] === true) throw forbidden('Not permitted: system pages cannot be deleted');
  }
  return pages
    .filter(({ id }) => !gone.has(id))
    .map((page) => {
      const parent = parentOf(page);
      if (parent === undefined || !gone.has(parent)) return page;
      return { ...page, parentId: livingParent(parent, gone) };
    });
}

function livingParent(start: string, gone: ReadonlyMap<string, Page>): string | null {
  const seen = new Set<string>();
  let at: string | undefined = start;
  while (at !== undefined && gone.has(at)) {
    if (seen.has(at)) return null;
    seen.add(at);
    at = parentOf(gone.get(at) ?? {});
  }
  return at ?? null;
}

interface NamedPage {
  readonly id: string;
  readonly sent: JsonObject;
}

/** Gives every page that was sent its id; `adopted` says which sent id became which other one. */
function withIds(
  stored: readonly Page[],
  sent: readonly JsonObject[],
  { mode, taken }: PageChange,
): { readonly pages: readonly NamedPage[]; readonly adopted: ReadonlyMap<string, string> } {
  const bySlug = new Map(stored.map(({ slug, id }) => [slug, id]));
  const adopted = new Map<string, string>();
  const pages = sent.map((page) => {
    const own = typeof page['id'] === 'string' ? page['id'] : undefined;
    // A page that is sent without an id can only be known by its slug, whatever the mode.
    const known = mode === 'slug' || own === undefined ? bySlug.get(String(page['slug'])) : undefined;
    const id = known ?? (own === undefined || taken.has(own) ? randomUUID() : own);
    if (own !== undefined && own !== id) adopted.set(own, id);
    return { id, sent: page };
  });
  return { pages, adopted };
}

/**
 * The stored pages, where those that yield have the id of the page that is sent with their slug. Pages below come along. A page that is sent itself
 * stays where it is: two pages of one request cannot have one slug.
 */
function withYieldedSlugs(
  stored: readonly Page[],
  sent: readonly NamedPage[],
  yields: (page: Page) => boolean,
): readonly Page[] {
  const named = new Set(sent.map(({ id }) => id));
  const known = new Set(stored.map(({ id }) => id));
  const newcomers = new Map(
    sent.flatMap(({ id, sent: page }) =>
      known.has(id) || page['is_deleted'] === true ? [] : [[String(page['slug']), id] as const],
    ),
  );
  const yielded = new Map(
    stored.flatMap((page) => {
      const id = newcomers.get(page.slug);
      return id !== undefined && !named.has(page.id) && yields(page) ? [[page.id, id] as const] : [];
    }),
  );
  if (yielded.size === 0) return stored;
  const below = <One extends JsonObject>(one: One): One => {
    const parent = yielded.get(parentOf(one) ?? '');
    return parent === undefined ? one : { ...one, parentId: parent };
  };
  return stored.map((page) => ({
    ...below(page),
    id: yielded.get(page.id) ?? page.id,
    blocks: Object.fromEntries(Object.entries(page.blocks).map(([id, block]) => [id, below(block)])),
  }));
}

function replaced(
  before: Page | undefined,
  { id, sent }: NamedPage,
  adopted: ReadonlyMap<string, string>,
): Page {
  const members = Object.entries(sent).filter(([name]) => !OWN_MEMBERS.has(name));
  const slug = String(sent['slug']);
  const past = before?.past_routes ?? [];
  const parent = parentOf(sent);
  return {
    ...Object.fromEntries(members),
    ...(parent === undefined ? {} : { parentId: adopted.get(parent) ?? parent }),
    ...(before?.['is_system'] === true ? { is_system: true } : {}),
    id,
    slug,
    order: Number(sent['order']),
    past_routes: before && before.slug !== slug ? [...new Set([...past, before.slug])] : past,
    blocks: sent['blocks'] === undefined ? (before?.blocks ?? {}) : sentBlocks(sent, adopted),
  };
}

function sentBlocks(page: JsonObject, adopted: ReadonlyMap<string, string>): Page['blocks'] {
  return Object.fromEntries(
    Object.entries(blocksOf(page)).map(([id, block]) => {
      const parent = parentOf(block);
      return [
        id,
        { ...block, ...(parent === undefined ? {} : { parentId: adopted.get(parent) ?? parent }), id },
      ];
    }),
  );
}

function withOneEntry(page: Page, entry: string | undefined): Page {
  if (entry === undefined || page.id === entry || page['is_entry_route'] !== true) return page;
  return { ...page, is_entry_route: false };
}

/** A former slug leads to a page until another page takes it. */
function withCleanRoutes(page: Page, all: readonly Page[]): Page {
  const past = page.past_routes.filter((slug) => !all.some((other) => other.slug === slug));
  return past.length === page.past_routes.length ? page : { ...page, past_routes: past };
}
