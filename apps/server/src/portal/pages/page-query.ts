import type { JsonObject } from '../../contract/json-object.ts';
import { invalid } from '../../refusal.ts';

/** The contract requires these of every page. */
const ALWAYS = ['id', 'slug', 'order'];

/** The `filter` and `fields` parameters of page lists, as they are sent. */
export interface PageQuery {
  readonly filter?: string | undefined;
  readonly fields?: string | undefined;
}

/**
 * The pages that meet `filter` (a comma list of `key=value` that must all hold, on lists `=` means contains), reduced to `fields` (a comma list of
 * members; what the contract requires comes always) (portal §3.5 rule 10). Throws 400 for a filter without `=`.
 */
export function selectPages(pages: readonly JsonObject[], { filter, fields }: PageQuery): JsonObject[] {
  const conditions = commaList(filter).map(readCondition);
  const members = commaList(fields);
  const wanted = new Set([...ALWAYS, ...members]);
  return pages
    .filter((page) => conditions.every(([key, value]) => holds(page[key], value)))
    .map((page) => (members.length === 0 ? page : only(page, wanted)));
}

function only(page: JsonObject, wanted: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(page).filter(([name]) => wanted.has(name)));
}

function readCondition(text: string): readonly [key: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw invalid({ path: 'query.filter', message: 'must be a comma list of key=value' });
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function holds(value: unknown, wanted: string): boolean {
  if (Array.isArray(value)) return value.some((item: unknown) => holds(item, wanted));
  return value !== undefined && value !== null && typeof value !== 'object' && String(value) === wanted;
}

function commaList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
