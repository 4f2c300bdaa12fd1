import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import { findEntity, isEntityId } from '../../entities/index.ts';
import { type Call, reply } from '../../http/call.ts';
import { notFound, unprocessable } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { expandVariables } from '../../template-variables/index.ts';
import { percentEncode } from '../../templates/index.ts';
import { commonVariables, type PortalQuestion, PortalRights } from '../config/index.ts';
import { renderText } from '../entities/index.ts';
import { userContext } from './context-entities.ts';
import {
  externalLinks,
  isLinkShown,
  seamlessLinkOf,
  shownLink,
  textsOfLinks,
  withTexts,
} from './external-link.ts';
import { rendering, userVariables } from './page-variables.ts';
import type { PagesPlatform } from './pages-platform.ts';
import type { LinkReader } from './seamless-links.ts';
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
      const portal = await portals.of(call, question);
      const all = await withVariables(call.tenant, externalLinks(portal.config));
      return asSeenBy(platform, all, await userSight(platform, call, portal, all));
    }
    const rights = await PortalRights.of(identity.access, call.principal);
    rights.requireAny('view');
    const portal = await portals.of(call, question);
    rights.require(portal.origin, 'view');
    const all = externalLinks(portal.config);
    if (contactId === undefined) return all;
    const sight = await contactSight(platform, call, portal, contactId);
    return asSeenBy(platform, await withVariables(call.tenant, all), sight);
  };

  const resolved = async (
    call: Call<unknown>,
    question: PortalQuestion,
    id: string,
    contactId: string | undefined,
  ) => {
    const link = (await links(call, question, contactId)).find((one) => one['id'] === id);
    if (!link) throw notFound('The link', 'LINK_NOT_FOUND');
    if (link['type'] !== 'seamless') return link;
    const seamless = seamlessLinkOf(link);
    if (!seamless || call.principal.kind !== 'portal_user') {
      throw unprocessable('Only a portal user can follow a seamless link of an extension', 'SEAMLESS_LINK');
    }
    const { portalUserId, contactId: own } = call.principal;
    const portal = await platform.portals.of(call, question);
    const reader = { tenant: call.tenant, portal, portalUserId, contactId: own };
    const address = await platform.seamlessLinks.open(seamless, reader);
    return reply(200, { ...link, link: address }, { 'cache-control': 'no-store' });
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

/** Links whose texts have the organisation's custom variables in place of their names. */
async function withVariables(queries: TenantQueries, links: readonly JsonObject[]): Promise<JsonObject[]> {
  const texts = textsOfLinks(links);
  const expanded = await expandVariables(queries, texts);
  const byText = new Map(texts.map((text, at) => [text, expanded[at] ?? text]));
  return withTexts(links, (text) => byText.get(text) ?? text);
}

interface Sight {
  /** The entities that rules look at, by schema. */
  readonly context: ReadonlyMap<string, JsonObject>;
  readonly variables: JsonObject;
  readonly reader: LinkReader;
}

async function asSeenBy(
  { seamlessLinks }: PagesPlatform,
  links: readonly JsonObject[],
  { context, variables, reader }: Sight,
): Promise<JsonObject[]> {
  // Values are parts of an address and cannot change where it leads; only the organisation's own variable may stand for its beginning.
  const address = (text: string) => {
    const base = LEADING_VARIABLE.exec(text)?.[0] ?? '';
    return renderText(base, variables) + renderText(text.slice(base.length), variables, percentEncode);
  };
  const named = links.filter((link) => isLinkShown(link, context));
  const shown = await Promise.all(
    named.map((link) => {
      const seamless = seamlessLinkOf(link);
      return seamless === undefined || seamlessLinks.isShown(seamless, reader);
    }),
  );
  return named.filter((_link, at) => shown[at]).map((link) => shownLink(link, rendering(variables), address));
}

async function userSight(
  platform: PagesPlatform,
  call: Call<unknown>,
  portal: LinkReader['portal'],
  links: readonly JsonObject[],
): Promise<Sight> {
  const access = await platform.accessOf(call);
  const entities = await userContext(access, []);
  const texts = textsOfLinks(links);
  return {
    context: new Map(entities.map((entity) => [entity.schema, access.shownAttributes(entity)])),
    variables: await userVariables(platform, call.tenant, access, entities, texts),
    reader: {
      tenant: call.tenant,
      portal,
      portalUserId: access.user.portalUserId,
      contactId: access.user.contactId,
    },
  };
}

async function contactSight(
  platform: PagesPlatform,
  call: Call<unknown>,
  portal: LinkReader['portal'],
  contactId: string,
): Promise<Sight> {
  const contact = isEntityId(contactId) ? await findEntity(call.tenant, contactId, 'contact') : undefined;
  if (!contact) throw notFound('The contact', 'ENTITY_NOT_FOUND');
  const { variables } = await staffContext(platform, call, [
    { entity_id: contactId, entity_schema: 'contact' },
  ]);
  return {
    context: new Map(Object.entries(variables).map(([schema, shown]) => [schema, asObject(shown)])),
    variables: { ...variables, ...(await commonVariables(platform.identity.organisations, call.tenant)) },
    reader: { tenant: call.tenant, portal, contactId },
  };
}
