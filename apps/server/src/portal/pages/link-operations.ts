import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import { findEntity, isEntityId } from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import { notFound, unprocessable } from '../../refusal.ts';
import { percentEncode } from '../../templates/index.ts';
import { commonVariables, type PortalQuestion, PortalRights } from '../config/index.ts';
import { renderText } from '../entities/index.ts';
import { userContext } from './context-entities.ts';
import { externalLinks, isLinkShown, shownLink } from './external-link.ts';
import { rendering, userVariables } from './page-variables.ts';
import type { PagesPlatform } from './pages-platform.ts';
import { staffContext } from './staff-context.ts';

/** External links of a portal (portal §3.9), by origin and by portal id. */
export function linkOperations(platform: PagesPlatform): Operations<'customer-portal'> {
  const links = async (
    call: Call<unknown>,
    question: PortalQuestion,
    contactId: string | undefined,
  ): Promise<JsonObject[]> => {
    const { portals, identity } = platform;
    if (call.principal.kind === 'portal_user') {
      const all = externalLinks((await portals.of(call, question)).config);
      return asSeenBy(all, await userSight(platform, call, all));
    }
    const rights = await PortalRights.of(identity.access, call.principal);
    rights.requireAny('view');
    const portal = await portals.of(call, question);
    rights.require(portal.origin, 'view');
    const all = externalLinks(portal.config);
    return contactId === undefined ? all : asSeenBy(all, await contactSight(platform, call, contactId));
  };

  const resolved = async (
    call: Call<unknown>,
    question: PortalQuestion,
    id: string,
    contactId: string | undefined,
  ) => {
    const link = (await links(call, question, contactId)).find((one) => one['id'] === id);
    if (!link) throw notFound('The link', 'LINK_NOT_FOUND');
    if (link['type'] === 'seamless') {
      throw unprocessable('Seamless links are resolved by getResolvedSeamlessLink', 'SEAMLESS_LINK');
    }
    return link;
  };

  return {
    async getExternalLinks(call) {
      const { origin, contactId } = call.parameters;
      return links(call, { origin }, contactId);
    },
    async getExternalLinksV3(call) {
      const { portal_id, contactId } = call.parameters;
      return links(call, { portal_id }, contactId);
    },
    async getResolvedExternalLink(call) {
      const { id, origin, contactId } = call.parameters;
      return resolved(call, { origin }, String(id), contactId);
    },
    async getResolvedExternalLinkV3(call) {
      const { id, portal_id, contactId } = call.parameters;
      return resolved(call, { portal_id }, String(id), contactId);
    },
  };
}

const LEADING_VARIABLE = /^\{\{\s*env\.\w+\s*\}\}/;

interface Sight {
  /** The entities that rules look at, by schema. */
  readonly context: ReadonlyMap<string, JsonObject>;
  readonly variables: JsonObject;
}

function asSeenBy(links: readonly JsonObject[], { context, variables }: Sight): JsonObject[] {
  // Values are parts of an address and cannot change where it leads; only the organisation's own variable may stand for its beginning.
  const address = (text: string) => {
    const base = LEADING_VARIABLE.exec(text)?.[0] ?? '';
    return renderText(base, variables) + renderText(text.slice(base.length), variables, percentEncode);
  };
  return links
    .filter((link) => isLinkShown(link, context))
    .map((link) => shownLink(link, rendering(variables), address));
}

async function userSight(
  platform: PagesPlatform,
  call: Call<unknown>,
  links: readonly JsonObject[],
): Promise<Sight> {
  const access = await platform.accessOf(call);
  const entities = await userContext(access, []);
  const texts = links.flatMap(({ label, link }) => [...Object.values(asObject(label)), link]).map(String);
  return {
    context: new Map(entities.map((entity) => [entity.schema, access.shownAttributes(entity)])),
    variables: await userVariables(platform, call.tenant, access, entities, texts),
  };
}

async function contactSight(platform: PagesPlatform, call: Call<unknown>, contactId: string): Promise<Sight> {
  const contact = isEntityId(contactId) ? await findEntity(call.tenant, contactId, 'contact') : undefined;
  if (!contact) throw notFound('The contact', 'ENTITY_NOT_FOUND');
  const { variables } = await staffContext(platform, call, [{ id: contactId, schema: 'contact' }]);
  return {
    context: new Map(Object.entries(variables).map(([schema, shown]) => [schema, asObject(shown)])),
    variables: { ...variables, ...(await commonVariables(platform.identity.organisations, call.tenant)) },
  };
}
