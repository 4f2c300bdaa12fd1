import type { JsonObject } from '../../contract/json-object.ts';
import type { Call } from '../../http/call.ts';
import { type ContextReference, userContext } from './context-entities.ts';
import { listPages } from './page-store.ts';
import type { PagesPlatform } from './pages-platform.ts';
import { matchingTargets } from './targets.ts';
import { type Onlooker, targetsNamed, visiblePart } from './visibility.ts';

/**
 * Pages of their portal as a signed-in portal user gets them: visible ones of schemas that the user may see, with visible blocks (portal §3.5).
 * Throws 403 for entities in `references` that the user may not see.
 */
export async function pagesForUser(
  { accessOf, clock }: PagesPlatform,
  call: Call<unknown>,
  portalId: string,
  references: readonly ContextReference[] = [],
): Promise<JsonObject[]> {
  const access = await accessOf(call);
  const context = await userContext(access, references);
  const stored = await listPages(call.tenant, portalId);
  const matching = await matchingTargets(call.tenant, targetsNamed(stored), context);
  const viewable = new Set(access.viewableSchemas());
  const open = stored.filter((page) => schemasOfPage(page).every((schema) => viewable.has(schema)));
  return visibleParts(open, { now: clock.now(), matches: (target) => matching.has(target) });
}

/** Public pages for somebody who is not signed in: no target matches. */
export function pagesForPublic(stored: readonly JsonObject[], now: Date): JsonObject[] {
  const open = stored.filter((page) => page['is_public'] === true);
  return visibleParts(open, { now, matches: () => false });
}

function visibleParts(pages: readonly JsonObject[], onlooker: Onlooker): JsonObject[] {
  return pages.map((page) => visiblePart(page, onlooker)).filter((page) => page !== undefined);
}

function schemasOfPage(page: JsonObject): string[] {
  const schemas = page['schema'];
  return Array.isArray(schemas) ? schemas.filter((slug) => typeof slug === 'string') : [];
}
