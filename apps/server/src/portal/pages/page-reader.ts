import type { JsonObject } from '../../contract/json-object.ts';
import type { Entity } from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { type ContextReference, loadContext } from '../access/index.ts';
import { commonVariables } from '../config/index.ts';
import { userContext } from './context-entities.ts';
import { listPages } from './page-store.ts';
import { isOpenTo, traitsOf } from './page-traits.ts';
import { interpolatePages, userVariables } from './page-variables.ts';
import type { PagesPlatform } from './pages-platform.ts';
import { matchingTargets } from './targets.ts';
import { type Onlooker, visiblePart } from './visibility.ts';

const NOTHING: ReadonlySet<string> = new Set();

/**
 * The stored pages of their portal as a signed-in portal user gets them: visible ones of schemas that the user may see, with visible blocks, and with their
 * placeholders resolved (portal §3.5).
 * Throws 403 for entities in `references` that the user may not see.
 */
export async function pagesForUser(
  platform: PagesPlatform,
  call: Call<unknown>,
  stored: readonly JsonObject[],
  references: readonly ContextReference[] = [],
): Promise<readonly JsonObject[]> {
  const { accessOf, clock } = platform;
  const access = await accessOf(call);
  const named = await loadContext(access, references);
  // Most portals have neither targets nor placeholders: who asks is looked up for those that do.
  let context: Promise<Entity[]> | undefined;
  const around = () => (context ??= userContext(access, named));
  const { targets, plainFor } = traitsOf(stored);
  const viewable = access.viewableSchemas();
  const plain = plainFor?.(viewable);
  if (plain) return plain;
  const matching = targets.length > 0 ? await matchingTargets(call.tenant, targets, await around()) : NOTHING;
  const open = stored.filter(isOpenTo(viewable));
  const seen = visibleParts(open, { now: clock.now(), matches: (target) => matching.has(target) });
  return interpolatePages(call.tenant, seen, async (texts) =>
    userVariables(platform, call.tenant, access, await around(), texts),
  );
}

/** Public pages of a portal for somebody who is not signed in: no target matches, and nothing personal is resolved. */
export async function pagesForPublic(
  platform: PagesPlatform,
  queries: TenantQueries,
  portalId: string,
): Promise<JsonObject[]> {
  const open = (await listPages(queries, portalId)).filter((page) => page['is_public'] === true);
  const seen = visibleParts(open, { now: platform.clock.now(), matches: () => false });
  return interpolatePages(queries, seen, () => commonVariables(platform.identity.organisations, queries));
}

function visibleParts(pages: readonly JsonObject[], onlooker: Onlooker): JsonObject[] {
  return pages.map((page) => visiblePart(page, onlooker)).filter((page) => page !== undefined);
}
