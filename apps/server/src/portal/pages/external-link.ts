import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { rulesHold } from '../config/index.ts';
import type { Render } from './interpolate.ts';
import type { SeamlessLink } from './seamless-links.ts';

const TYPES: ReadonlySet<unknown> = new Set(['link', 'journey', 'seamless']);

/** The external links in a portal's UI settings, which are JSON text (portal §3.9); entries without an id or a known type are left out. */
export function externalLinks(config: JsonObject): JsonObject[] {
  const links = asObject(parsed(config['config']))['externalLinks'];
  return (Array.isArray(links) ? links.map(asObject) : [])
    .filter(({ id, type }) => typeof id === 'string' && TYPES.has(type))
    .map((link) => ({
      ...link,
      label: asObject(link['label']),
      link: typeof link['link'] === 'string' ? link['link'] : '',
    }));
}

/** Whether a link is shown to somebody with these entities, by schema: its `rules`, or else its flat triple, must hold. */
export function isLinkShown(link: JsonObject, context: ReadonlyMap<string, JsonObject>): boolean {
  const { rules, entity, attribute, attribute_value } = link;
  if (Array.isArray(rules)) return rulesHold(rules, context);
  return !entity || !attribute || rulesHold([{ entity, attribute, attribute_value }], context);
}

/** The extension's link behind a seamless link, `extension_link_id: [extension, link]`; undefined when it names none. */
export function seamlessLinkOf({ type, extension_link_id: ids }: JsonObject): SeamlessLink | undefined {
  const [extensionId, linkId]: unknown[] = Array.isArray(ids) ? ids : [];
  if (type !== 'seamless' || typeof extensionId !== 'string' || typeof linkId !== 'string') return undefined;
  return { extensionId, linkId };
}

/** The templates of links: labels and addresses. */
export function textsOfLinks(links: readonly JsonObject[]): string[] {
  return links
    .flatMap(({ label, link }) => [...Object.values(asObject(label)), link])
    .filter((text) => typeof text === 'string');
}

/** Links with other texts in place of theirs. */
export function withTexts(links: readonly JsonObject[], textFor: (text: string) => string): JsonObject[] {
  const other = (text: unknown) => (typeof text === 'string' ? textFor(text) : text);
  return links.map((link) => {
    const labels = Object.entries(asObject(link['label'])).map(([language, text]) => [language, other(text)]);
    return { ...link, label: Object.fromEntries(labels), link: other(link['link']) };
  });
}

/** A link as somebody sees it: its label and address resolved. Seamless links are resolved when they are opened only, so they have no address here. */
export function shownLink(link: JsonObject, label: Render, address: Render): JsonObject {
  const labels = Object.entries(asObject(link['label'])).map(([language, text]) => [
    language,
    typeof text === 'string' ? label(text) : text,
  ]);
  return {
    ...link,
    label: Object.fromEntries(labels),
    link: link['type'] === 'seamless' ? '' : address(String(link['link'])),
  };
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
