import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { blocksOf } from './page.ts';

/** Turns a text with placeholders into what is shown. */
export type Render = (text: string) => string;

/** Members whose texts are templates for single entities; searches resolve them later (portal §3.5). */
const FOR_LATER =
  /^(?:group_title|entity_title|content_top_name|main_content_name|content_bottom_name|\w+_(?:top|main|bottom)_name)$/;

/** A page with the placeholders in its content and in the content of its blocks resolved; nothing else changes (portal §3.5, interpolation). */
export function interpolatePage(page: JsonObject, render: Render): JsonObject {
  const blocks = Object.entries(blocksOf(page)).map(([id, block]) => [id, interpolateBlock(block, render)]);
  return {
    ...page,
    ...(page['content'] === undefined ? {} : { content: resolved(page['content'], render) }),
    ...(page['blocks'] === undefined ? {} : { blocks: Object.fromEntries(blocks) }),
  };
}

/** The texts with placeholders that `interpolatePage` would render. */
export function textsToRender(pages: readonly JsonObject[]): string[] {
  const texts = new Set<string>();
  const note = (text: string) => {
    texts.add(text);
    return text;
  };
  for (const page of pages) interpolatePage(page, note);
  return [...texts];
}

function interpolateBlock(block: JsonObject, render: Render): JsonObject {
  const props = asObject(block['props']);
  if (props['content'] === undefined) return block;
  return { ...block, props: { ...props, content: resolved(props['content'], render) } };
}

function resolved(value: unknown, render: Render, name = ''): unknown {
  if (typeof value === 'string') {
    return value.includes('{{') && !FOR_LATER.test(name) ? render(value) : value;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => resolved(item, render, name));
  if (typeof value !== 'object' || value === null) return value;
  const member = name === 'valueJson' ? richText : resolved;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => [key, member(part, render, key)]),
  );
}

/** An editor's tree as JSON text: only what its text nodes say is resolved, never its structure. */
function richText(value: unknown, render: Render): unknown {
  if (typeof value !== 'string' || !value.includes('{{')) return value;
  try {
    return JSON.stringify(textNodes(JSON.parse(value), render));
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

function textNodes(node: unknown, render: Render): unknown {
  if (Array.isArray(node)) return node.map((item: unknown) => textNodes(item, render));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]: [string, unknown]) => [
      name,
      name === 'text' && typeof value === 'string' && value.includes('{{')
        ? render(value)
        : textNodes(value, render),
    ]),
  );
}
