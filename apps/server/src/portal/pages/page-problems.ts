import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { isEntityId } from '../../entities/index.ts';
import type { Problem } from '../../refusal.ts';
import type { Page } from './page.ts';

const SLUG = /^[a-z0-9][a-z0-9_-]*$/;

/** What is wrong with one page as it was sent, looked at alone: id, slug, order and blocks (portal §3.5, §12.3). `path` leads to the page. */
export function pageProblems(page: JsonObject, path: string): Problem[] {
  const { id, slug, order, blocks } = page;
  const problems: Problem[] = [];
  if (id !== undefined && !isEntityId(id)) problems.push({ path: `${path}.id`, message: 'must be a UUID' });
  if (typeof slug !== 'string' || !SLUG.test(slug)) {
    problems.push({ path: `${path}.slug`, message: 'must be lower case letters, digits, - and _' });
  }
  if (typeof order !== 'number') problems.push({ path: `${path}.order`, message: 'must be a number' });
  for (const [blockId, block] of Object.entries(asObject(blocks))) {
    problems.push(...blockProblems(blockId, asObject(block), `${path}.blocks.${blockId}`));
  }
  return problems;
}

function blockProblems(id: string, { type, order }: JsonObject, path: string): Problem[] {
  const problems: Problem[] = [];
  if (!isEntityId(id)) problems.push({ path, message: 'must have a UUID as its key' });
  if (typeof type !== 'string') problems.push({ path: `${path}.type`, message: 'is required' });
  if (typeof order !== 'number') problems.push({ path: `${path}.order`, message: 'is required' });
  return problems;
}

/** What is wrong among the pages of a portal: slugs that are used twice, parents that lead in a circle. */
export function problemsAmong(pages: readonly Page[], pathOf: (page: Page) => string): Problem[] {
  const byId = new Map(pages.map((page) => [page.id, page]));
  const bySlug = new Map<string, Page>();
  const problems: Problem[] = [];
  for (const page of pages) {
    if (bySlug.has(page.slug)) {
      problems.push({ path: `${pathOf(page)}.slug`, message: `${page.slug} is used by another page` });
    }
    bySlug.set(page.slug, page);
    if (leadsBack(page, byId)) {
      problems.push({ path: `${pathOf(page)}.parentId`, message: 'leads back to the page itself' });
    }
  }
  return problems;
}

/** The id of the page above; undefined at the top. */
export function parentOf(page: JsonObject): string | undefined {
  const parent = page['parentId'];
  return typeof parent === 'string' && parent !== '' ? parent : undefined;
}

function leadsBack(page: Page, byId: ReadonlyMap<string, Page>): boolean {
  const seen = new Set<string>();
  for (let at = parentOf(page); at !== undefined && !seen.has(at); at = parentOf(byId.get(at) ?? {})) {
    if (at === page.id) return true;
    seen.add(at);
  }
  return false;
}
