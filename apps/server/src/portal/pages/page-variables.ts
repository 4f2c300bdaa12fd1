import type { JsonObject } from '../../contract/json-object.ts';
import { type Document, type Entity, findEntity } from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { expandVariables } from '../../template-variables/index.ts';
import { escapeText } from '../../templates/index.ts';
import type { PortalAccess } from '../access/index.ts';
import { commonVariables } from '../config/index.ts';
import { renderText, templateContext } from '../entities/index.ts';
import { interpolatePage, type Render, textsToRender } from './interpolate.ts';
import type { PagesPlatform } from './pages-platform.ts';

const HTML = /<[a-z][^>]*>/i;

/**
 * Pages with their placeholders resolved, the organisation's custom variables first; `variablesOf` is asked only when there are any, with the
 * texts that hold them.
 */
export async function interpolatePages(
  queries: TenantQueries,
  pages: readonly JsonObject[],
  variablesOf: (texts: readonly string[]) => Promise<Document>,
): Promise<JsonObject[]> {
  const texts = textsToRender(pages);
  if (texts.length === 0) return [...pages];
  const expanded = await expandVariables(queries, texts);
  const render = rendering(await variablesOf(expanded));
  const shown = new Map(texts.map((text, at) => [text, render(expanded[at] ?? text)]));
  return pages.map((page) => interpolatePage(page, (text) => shown.get(text) ?? ''));
}

/** Renders texts over some variables: values are plain text, escaped where the text around them is HTML. */
export function rendering(variables: Document): Render {
  const asHtml = (line: string) => escapeText('html', line, [], false);
  return (text) => renderText(text, variables, HTML.test(text) ? asHtml : undefined);
}

/** What the pages of a portal user may say besides: the user, the contact and the entities in context, each with visible attributes only. */
export async function userVariables(
  platform: PagesPlatform,
  queries: TenantQueries,
  access: PortalAccess,
  context: readonly Entity[],
  texts: readonly string[],
): Promise<Document> {
  const common = await commonVariables(platform.identity.organisations, queries);
  if (access.user.contactId === undefined) {
    const user = await findEntity(queries, access.user.portalUserId, 'portal_user');
    return { ...common, ...(user ? { portal_user: access.shownAttributes(user) } : {}) };
  }
  const templates = Object.fromEntries(texts.map((text, at) => [String(at), text]));
  const shown = context.map((entity) => access.shownAttributes(entity));
  const contexts = await templateContext(queries, access, shown, context, () => templates);
  const own = context.map(({ schema }, at) => contexts.of(at, schema));
  return { ...Object.assign({}, ...own), ...common };
}
