import type { JsonObject } from '../../contract/json-object.ts';
import { textsToRender } from './interpolate.ts';
import { hasSeason, targetsNamed, visiblePart } from './visibility.ts';

/** What the pages of a portal need to know of those who read them. */
export interface PageTraits {
  /** Targets that pages or blocks name. */
  readonly targets: readonly string[];
  /**
   * Where nothing depends on who asks and when: the pages for those who may see some schemas, each time the very same list. Undefined for pages with
   * targets, seasons or placeholders.
   */
  readonly plainFor: ((viewable: readonly string[]) => readonly JsonObject[]) | undefined;
}

/** Lists with other schemas than these many are not remembered at once; a portal's users nearly all have the same rights. */
const MOST_REMEMBERED = 20;
const ALWAYS = { now: new Date(0), matches: () => false };

const KNOWN = new WeakMap<readonly JsonObject[], PageTraits>();

/** The traits of stored pages, found once for as long as the list lives. */
export function traitsOf(stored: readonly JsonObject[]): PageTraits {
  const known = KNOWN.get(stored) ?? findTraits(stored);
  KNOWN.set(stored, known);
  return known;
}

/** Whether a page is about schemas only that may be seen. */
export function isOpenTo(viewable: readonly string[]): (page: JsonObject) => boolean {
  const open = new Set(viewable);
  return (page) => schemasOfPage(page).every((schema) => open.has(schema));
}

function findTraits(stored: readonly JsonObject[]): PageTraits {
  const targets = targetsNamed(stored);
  const isPlain = targets.length === 0 && !stored.some(hasSeason) && textsToRender(stored).length === 0;
  return { targets, plainFor: isPlain ? remembering(stored) : undefined };
}

function remembering(stored: readonly JsonObject[]): (viewable: readonly string[]) => readonly JsonObject[] {
  const lists = new Map<string, readonly JsonObject[]>();
  return (viewable) => {
    const key = JSON.stringify(viewable);
    const list = lists.get(key) ?? stored.filter(isOpenTo(viewable)).flatMap(asSeenByAll);
    if (lists.size >= MOST_REMEMBERED) lists.clear();
    lists.set(key, list);
    return list;
  };
}

function asSeenByAll(page: JsonObject): JsonObject[] {
  const seen = visiblePart(page, ALWAYS);
  return seen ? [seen] : [];
}

function schemasOfPage(page: JsonObject): string[] {
  const schemas = page['schema'];
  return Array.isArray(schemas) ? schemas.filter((slug) => typeof slug === 'string') : [];
}
