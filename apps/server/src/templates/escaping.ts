/**
 * How values become text. A function gets the text of the value and where it comes from: the path from the outermost context, also inside
 * `each` and `with`; keys (`@key`) count as coming from the object they belong to.
 */
export type Escape = 'none' | 'html' | 'url' | ((text: string, path: readonly string[]) => string);

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
  '`': '&#x60;',
  '=': '&#x3D;',
};

/**
 * Applies an escape to one value.
 * @param raw true for `{{{x}}}`, which switches HTML escaping off; the other escapes protect more than a page and stay
 */
export function escapeText(escaping: Escape, text: string, path: readonly string[], raw: boolean): string {
  if (typeof escaping === 'function') return escaping(text, path);
  if (escaping === 'url') return percentEncode(text);
  return escaping === 'html' && !raw
    ? text.replace(/[&<>"'`=]/g, (character) => HTML[character] ?? character)
    : text;
}

/** Percent-encodes everything but letters, digits and `-_.!~*'()` as UTF-8. Halves of surrogate pairs become U+FFFD. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** `.` and `..` as a whole segment of a path, however written: a URL is never read with them, but one folder higher. */
const DOT_SEGMENT = /^[^?#]*\/(?:\.|%2e){1,2}(?:[/?#]|$)/i;

/** Whether a URL would be read as one outside the folder it names. No escaping prevents that: values that lead there must be refused. */
export function leavesItsFolder(url: string): boolean {
  return DOT_SEGMENT.test(url);
}
