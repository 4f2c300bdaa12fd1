import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import type { Document, Entity } from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import { forbidden } from '../../refusal.ts';
import { type ContextReference, loadContext } from '../access/index.ts';
import { commonVariables, PortalRights } from '../config/index.ts';
import { contextReferences, userContext } from './context-entities.ts';
import { interpolatePages, userVariables } from './page-variables.ts';
import type { PagesPlatform } from './pages-platform.ts';
import { staffContext } from './staff-context.ts';
import { matchingTargets } from './targets.ts';
import { targetsNamed, withTargetingStatus } from './visibility.ts';

interface Preview {
  readonly entities: readonly Entity[];
  readonly variablesOf: (texts: readonly string[]) => Promise<Document>;
}

/** Pages that are being edited, as somebody would see them (portal §3.5): nothing is read from the portal, stored or removed. */
export function previewOperations(platform: PagesPlatform): Operations<'customer-portal'> {
  return {
    async interpolatePortalPages(call) {
      const { pages, context_entities: listed, evaluate_targeting: evaluates } = asObject(call.body);
      const sent = Array.isArray(pages) ? pages.map(asObject) : [];
      const { entities, variablesOf } = await previewOf(platform, call, contextReferences(listed));
      const shown = await interpolatePages(call.tenant, sent, variablesOf);
      return evaluates === true ? judged(call, shown, entities) : shown;
    },
  };
}

async function judged(call: Call<unknown>, pages: readonly JsonObject[], entities: readonly Entity[]) {
  const matching = await matchingTargets(call.tenant, targetsNamed(pages), entities);
  return pages.map((page) => withTargetingStatus(page, (target) => matching.has(target)));
}

/** Whose eyes a preview has: those of staff, or of the user of a preview token. Throws 403 for ordinary portal users. */
async function previewOf(
  platform: PagesPlatform,
  call: Call<unknown>,
  references: readonly ContextReference[],
): Promise<Preview> {
  if (call.principal.kind === 'portal_user') {
    if (!call.principal.readOnly) throw forbidden('Not permitted: for previews only');
    const access = await platform.accessOf(call);
    const entities = await userContext(access, await loadContext(access, references));
    return {
      entities,
      variablesOf: (texts) => userVariables(platform, call.tenant, access, entities, texts),
    };
  }
  (await PortalRights.of(platform.identity.access, call.principal)).requireAny('view');
  const { entities, variables } = await staffContext(platform, call, references);
  return {
    entities,
    variablesOf: async () => ({
      ...variables,
      ...(await commonVariables(platform.identity.organisations, call.tenant)),
    }),
  };
}
