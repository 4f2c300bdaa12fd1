import type { EnvironmentNode, TextNode } from './template-tree.ts';

/** Lenient about the key on purpose: a key that cannot exist is reported as missing instead of being sent as text. */
const PLACEHOLDER = /\\?\{\{\s*env\.([^{}]*)\}\}/g;

/** Cuts a text at its `{{ env.key }}` placeholders, spaces optional, with or without a backslash in front. */
export function splitEnvironmentPlaceholders(text: string): (TextNode | EnvironmentNode)[] {
  const pieces: (TextNode | EnvironmentNode)[] = [];
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > from) pieces.push({ kind: 'text', text: text.slice(from, match.index) });
    pieces.push({ kind: 'environment', key: (match[1] ?? '').trim() });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) });
  return pieces;
}
