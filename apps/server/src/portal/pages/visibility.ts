import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { blocksOf } from './page.ts';
import { parentOf } from './page-problems.ts';

/** What visibility is judged by: the instant, and whether a target matches what is in context. */
export interface Onlooker {
  readonly now: Date;
  matches(targetId: string): boolean;
}

/** Whether a `visibility` object lets its page or block be seen (portal §3.5). Hints for clients (mobile, desktop, app) do not count here. */
export function isVisible(visibility: unknown, { now, matches }: Onlooker): boolean {
  const rules = asObject(visibility);
  return rules['is_hidden'] !== true && isInSeason(rules, now) && isForTargets(rules, matches);
}

/** A page with `_targeting_status` in its own visibility and in that of its blocks; all of them stay (contract, `interpolatePortalPages`). */
export function withTargetingStatus(page: JsonObject, matches: Onlooker['matches']): JsonObject {
  const judged = (rules: JsonObject) => ({ ...rules, _targeting_status: targetingStatus(rules, matches) });
  const blocks = Object.entries(blocksOf(page)).map(([id, block]) => [
    id,
    { ...block, props: { ...asObject(block['props']), visibility: judged(blockVisibility(block)) } },
  ]);
  return {
    ...page,
    visibility: judged(asObject(page['visibility'])),
    ...(page['blocks'] === undefined ? {} : { blocks: Object.fromEntries(blocks) }),
  };
}

function targetingStatus(rules: JsonObject, matches: Onlooker['matches']): string {
  const named = [...targetsIn(rules, 'hidden_for_targets'), ...targetsIn(rules, 'visible_for_targets')];
  if (named.length === 0) return 'no_targeting';
  return isForTargets(rules, matches) ? 'visible' : 'hidden';
}

/** Hiding wins over showing. */
function isForTargets(rules: JsonObject, matches: Onlooker['matches']): boolean {
  const hiding = targetsIn(rules, 'hidden_for_targets');
  if (hiding.length > 0 && holds(hiding, rules['hidden_for_operator'], matches)) return false;
  const showing = targetsIn(rules, 'visible_for_targets');
  return showing.length === 0 || holds(showing, rules['visible_for_operator'], matches);
}

/** The targets that the pages and their blocks name. */
export function targetsNamed(pages: readonly JsonObject[]): string[] {
  const rules = pages.flatMap((page) => [
    asObject(page['visibility']),
    ...Object.values(blocksOf(page)).map(blockVisibility),
  ]);
  const ids = rules.flatMap((one) => [
    ...targetsIn(one, 'hidden_for_targets'),
    ...targetsIn(one, 'visible_for_targets'),
  ]);
  return [...new Set(ids)];
}

/** Whether a page or one of its blocks is to be seen at some times only. */
export function hasSeason(page: JsonObject): boolean {
  return [page['visibility'], ...Object.values(blocksOf(page)).map(blockVisibility)]
    .map(asObject)
    .some((rules) => instant(rules['start_date']) !== undefined || instant(rules['end_date']) !== undefined);
}

/** A page with the blocks that are seen; blocks below a hidden one are hidden too. Undefined when the page itself is hidden. */
export function visiblePart(page: JsonObject, onlooker: Onlooker): JsonObject | undefined {
  if (!isVisible(page['visibility'], onlooker)) return undefined;
  const blocks = blocksOf(page);
  const hidden = new Set(
    Object.keys(blocks).filter((id) => !isVisible(blockVisibility(blocks[id] ?? {}), onlooker)),
  );
  const shown = Object.entries(blocks).filter(([id]) => !isBelow(id, blocks, hidden));
  return { ...page, blocks: Object.fromEntries(shown) };
}

/** Where a block keeps its visibility. */
export function blockVisibility(block: JsonObject): JsonObject {
  return asObject(asObject(block['props'])['visibility']);
}

/** Whether a block is one of some blocks or stands below one. */
export function isBelow(
  id: string,
  blocks: { readonly [id: string]: JsonObject },
  above: ReadonlySet<string>,
): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = id; at !== undefined && !seen.has(at); at = parentOf(blocks[at] ?? {})) {
    if (above.has(at)) return true;
    seen.add(at);
  }
  return false;
}

function isInSeason(rules: JsonObject, now: Date): boolean {
  const start = instant(rules['start_date']);
  const end = instant(rules['end_date']);
  return (start === undefined || now.getTime() >= start) && (end === undefined || now.getTime() <= end);
}

function instant(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function targetsIn(rules: JsonObject, name: string): string[] {
  const value = rules[name];
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
}

function holds(targets: readonly string[], operator: unknown, matches: Onlooker['matches']): boolean {
  return operator === 'and' ? targets.every(matches) : targets.some(matches);
}
