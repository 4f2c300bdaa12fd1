import { isXmlCharacter } from './xml-characters.ts';

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * Replaces character references and the five predefined entities (XML 1.0 §4.1, §4.6). Replacement text is not scanned
 * again, so nothing can expand. `refuse` must throw; it receives the offset of the offending `&` inside `text`.
 */
export function decodeReferences(text: string, refuse: (message: string, offset: number) => never): string {
  let at = text.indexOf('&');
  if (at === -1) return text;
  let decoded = '';
  let done = 0;
  while (at !== -1) {
    const end = text.indexOf(';', at + 1);
    if (end === -1) refuse('A reference is not closed', at);
    const character = resolve(text.slice(at + 1, end));
    if (character === undefined) refuse('An unknown or invalid reference', at);
    decoded += text.slice(done, at) + character;
    done = end + 1;
    at = text.indexOf('&', done);
  }
  return decoded + text.slice(done);
}

function resolve(name: string): string | undefined {
  if (name.charCodeAt(0) !== 0x23) return PREDEFINED.get(name);
  const code = codePoint(name);
  return code !== undefined && isXmlCharacter(code) ? String.fromCodePoint(code) : undefined;
}

function codePoint(reference: string): number | undefined {
  // Leading zeros are legal; more than seven significant digits name no character.
  const hexadecimal = /^#x0*([0-9a-fA-F]{0,7})$/.exec(reference);
  if (hexadecimal) return reference.length > 2 ? Number.parseInt(`0${hexadecimal[1]}`, 16) : undefined;
  const decimal = /^#0*([0-9]{0,7})$/.exec(reference);
  return decimal && reference.length > 1 ? Number.parseInt(`0${decimal[1]}`, 10) : undefined;
}
