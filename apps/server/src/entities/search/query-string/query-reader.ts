import type { PatternPiece } from '../tree.ts';
import { QuerySyntaxError } from './query-syntax-error.ts';

const BLANK = /\s/;
/** Characters that end an unquoted term; everything else may stand inside one. */
const ENDS_TERM = new Set(['(', ')', '[', ']', '{', '}', '"', ':', '^', '~']);
const MOST_WILDCARDS = 10;

/** Reads the characters of a query string from left to right, each once. */
export class QueryReader {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next character, or the empty string at the end. */
  get next(): string {
    return this.#text.charAt(this.at);
  }

  get isAtEnd(): boolean {
    return this.at >= this.#text.length;
  }

  fail(message: string, position = this.at): never {
    throw new QuerySyntaxError(message, position);
  }

  skipBlanks(): void {
    while (!this.isAtEnd && BLANK.test(this.next)) this.at += 1;
  }

  /** Steps over `symbol` if it comes next. */
  take(symbol: string): boolean {
    if (!this.#text.startsWith(symbol, this.at)) return false;
    this.at += symbol.length;
    return true;
  }

  expect(symbol: string): void {
    if (!this.take(symbol))
      this.fail(this.isAtEnd ? `"${symbol}" is missing at the end` : `"${symbol}" expected`);
  }

  /** Steps over an operator word such as `AND` if it comes next and ends there. */
  takeWord(word: string): boolean {
    if (!this.#text.startsWith(word, this.at)) return false;
    const after = this.#text.charAt(this.at + word.length);
    if (after !== '' && !BLANK.test(after) && after !== '(' && after !== ')' && after !== '"') return false;
    this.at += word.length;
    return true;
  }

  /** Reads `"…"`; a backslash takes the next character as it is. */
  quoted(): string {
    const start = this.at;
    this.expect('"');
    let text = '';
    while (!this.isAtEnd && this.next !== '"') text += this.#character();
    if (!this.take('"')) this.fail('The quotation is not closed', start);
    return text;
  }

  /** Reads an unquoted term up to a blank or a reserved character. */
  term(): PatternPiece[] {
    const start = this.at;
    const pieces: PatternPiece[] = [];
    let literal = '';
    let wildcards = 0;
    while (!this.isAtEnd && !BLANK.test(this.next) && !ENDS_TERM.has(this.next)) {
      if (this.next === '*' || this.next === '?') {
        if (literal !== '') pieces.push({ literal });
        literal = '';
        pieces.push({ wildcard: this.next === '*' ? 'many' : 'one' });
        wildcards += 1;
        this.at += 1;
      } else {
        literal += this.#character();
      }
    }
    if (wildcards > MOST_WILDCARDS) this.fail(`More than ${MOST_WILDCARDS} wildcards in one term`, start);
    if (literal !== '') pieces.push({ literal });
    if (pieces.length === 0)
      this.fail(this.isAtEnd ? 'A term is missing at the end' : `Unexpected "${this.next}"`);
    return pieces;
  }

  /** Reads one end of a range: quoted, or up to a blank or a closing bracket. `undefined` stands for `*`. */
  rangeEnd(): string | undefined {
    this.skipBlanks();
    if (this.next === '"') return this.quoted();
    const start = this.at;
    let text = '';
    while (!this.isAtEnd && !BLANK.test(this.next) && this.next !== ']' && this.next !== '}')
      text += this.#character();
    if (this.at === start) this.fail('A value of the range is missing');
    return text === '*' ? undefined : text;
  }

  /** Steps over a fuzziness `~`, `~1`; answers whether there was one. */
  fuzziness(): boolean {
    if (!this.take('~')) return false;
    this.#digits();
    return true;
  }

  /** Steps over a boost `^2`, `^0.5`. */
  boost(): void {
    const start = this.at;
    if (!this.take('^')) return;
    if (this.#digits() === 0) this.fail('A boost needs a number', start);
  }

  #digits(): number {
    const start = this.at;
    while (/[0-9.]/.test(this.next)) this.at += 1;
    return this.at - start;
  }

  #character(): string {
    if (this.take('\\') && this.isAtEnd) this.fail('A backslash at the end escapes nothing');
    const character = this.next;
    this.at += 1;
    return character;
  }
}
