import type { Page } from './page.ts';
import { parentOf } from './page-problems.ts';

/** The pages of a portal where those stand at the top whose parent the portal does not have (any more), or that name themselves. */
export function withoutLostParents(pages: readonly Page[]): Page[] {
  const ids = new Set(pages.map(({ id }) => id));
  return pages.map((page) => {
    const parent = parentOf(page);
    return parent === undefined || (ids.has(parent) && parent !== page.id)
      ? page
      : { ...page, parentId: null };
  });
}
