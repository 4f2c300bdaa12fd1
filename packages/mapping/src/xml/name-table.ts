import { ASCII_NAME_CLASS, endOfNameWithMarks } from './xml-characters.ts';

const SLOTS = 64;

/**
 * Reads names and remembers the member names they become by a hash of their characters, so that the same few names of a
 * document are sliced and interned once and not per occurrence. A slot holds the last name that fell on it.
 */
export class NameTable {
  private readonly prefix: string;
  private readonly members: string[] = new Array<string>(SLOTS).fill('');

  /** `prefix` is put before every name: nothing for elements, `@_` for attributes (spec ERP §5.2). */
  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** The prefixed name that starts at `from` (XML 1.0 production 5), the empty string when none does. */
  read(source: string, from: number): string {
    const first = source.charCodeAt(from);
    if (first < 128 && ASCII_NAME_CLASS[first] !== 2) return '';
    let hash = 0;
    let at = from;
    for (;;) {
      const code = source.charCodeAt(at);
      if (code >= 128) return this.readWithMarks(source, from);
      // NaN at the end of the text indexes nothing and ends the name like any other character.
      if (!ASCII_NAME_CLASS[code]) break;
      hash = (hash * 31 + code) | 0;
      at += 1;
    }
    const slot = hash & (SLOTS - 1);
    const known = this.members[slot] ?? '';
    if (known.length === at - from + this.prefix.length && this.isName(known, source, from)) return known;
    const member = this.prefix + source.slice(from, at);
    this.members[slot] = member;
    return member;
  }

  private isName(member: string, source: string, from: number): boolean {
    const offset = from - this.prefix.length;
    for (let at = this.prefix.length; at < member.length; at += 1) {
      if (member.charCodeAt(at) !== source.charCodeAt(offset + at)) return false;
    }
    return true;
  }

  private readWithMarks(source: string, from: number): string {
    const end = endOfNameWithMarks(source, from);
    return end === from ? '' : this.prefix + source.slice(from, end);
  }
}
