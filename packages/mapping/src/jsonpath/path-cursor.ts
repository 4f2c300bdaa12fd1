import { JsonPathSyntaxError } from './json-path-error.ts';

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const INTEGER = /(?:0|-?[1-9][0-9]*)/y;
const SHORTHAND_NAME =
  /[A-Za-z_\u{80}-\u{D7FF}\u{E000}-\u{10FFFF}][0-9A-Za-z_\u{80}-\u{D7FF}\u{E000}-\u{10FFFF}]*/uy;
const FUNCTION_NAME = /[a-z][a-z_0-9]*(?=\()/y;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['/', '/'],
  ['\\', '\\'],
]);

/** Reads the terminals of RFC 9535 from a path text, one after the other. Every failure carries its position. */
export class PathCursor {
  private readonly source: string;
  private at: number;

  constructor(source: string, at: number) {
    this.source = source;
    this.at = at;
  }

  get position(): number {
    return this.at;
  }

  get done(): boolean {
    return this.at >= this.source.length;
  }

  /** Whether the text goes on with exactly these characters. */
  sees(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  /** Consumes these characters when they come next. */
  accept(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail(`Expected "${text}"`);
  }

  skipBlanks(): void {
    while (' \t\n\r'.includes(this.source.charAt(this.at)) && !this.done) this.at += 1;
  }

  /** Goes back to a position read before. */
  rewind(position: number): void {
    this.at = position;
  }

  shorthandName(): string | undefined {
    return this.match(SHORTHAND_NAME);
  }

  functionName(): string | undefined {
    return this.match(FUNCTION_NAME);
  }

  /** An index or slice bound: a safe integer without leading zeros. */
  integer(): number | undefined {
    const start = this.at;
    const text = this.match(INTEGER);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || /[0-9]/.test(this.source.charAt(this.at))) {
      this.at = start;
      this.fail('Not a valid index');
    }
    return value;
  }

  /** A number literal of a filter. */
  number(): number | undefined {
    const text = this.match(NUMBER);
    return text === undefined ? undefined : Number(text);
  }

  /** A quoted string, undefined when no quote comes next. */
  string(): string | undefined {
    const quote = this.source.charAt(this.at);
    if (quote !== '"' && quote !== "'") return undefined;
    this.at += 1;
    let value = '';
    while (!this.accept(quote)) {
      const character = this.source.charAt(this.at);
      if (character === '' || character < ' ') this.fail('A string is not closed');
      this.at += 1;
      value += character === '\\' ? this.escape(quote) : character;
    }
    if (!value.isWellFormed()) this.fail('Half of a surrogate pair in a string');
    return value;
  }

  fail(message: string): never {
    throw new JsonPathSyntaxError(message, this.at);
  }

  private escape(quote: string): string {
    const character = this.source.charAt(this.at);
    this.at += 1;
    if (character === quote) return quote;
    const simple = ESCAPES.get(character);
    if (simple !== undefined) return simple;
    const digits = this.source.slice(this.at, this.at + 4);
    if (character !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('An unknown escape in a string');
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (!found) return undefined;
    this.at = pattern.lastIndex;
    return found[0];
  }
}
