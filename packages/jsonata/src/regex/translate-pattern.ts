import { NeedsCage } from '../syntax/needs-cage.ts';

const LINE_END = '\\n\\r\\x{2028}\\x{2029}';
/** What `\s` means in JavaScript; RE2 knows only the ASCII part. */
const SPACE =
  '\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})/;
const CONTROLS: Readonly<Record<string, string>> = {
  t: '\\t',
  n: '\\n',
  r: '\\r',
  f: '\\f',
  v: '\\v',
  0: '\\x{0}',
};

/**
 * Translates a JavaScript pattern (no `u` flag) into RE2 syntax with the same meaning.
 * Throws NeedsCage for what a linear-time engine cannot do or does differently: look-around, back references, repeated
 * capturing groups, characters beyond the basic plane.
 */
export function translatePattern(pattern: RegExp): string {
  if (pattern.flags.includes('m') && /[$^]/.test(pattern.source)) throw new NeedsCage('line anchors');
  if (/[\ud800-\udfff]/.test(pattern.source)) throw new NeedsCage('a pattern beyond the basic plane');
  return new Translation(pattern.source).run();
}

class Translation {
  readonly #source: string;
  #position = 0;
  /** For every open group: whether it captures or holds one that does. */
  readonly #captures: boolean[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  run(): string {
    let result = '';
    while (this.#position < this.#source.length) result += this.#next();
    return result;
  }

  #next(): string {
    const char = this.#take();
    switch (char) {
      case '\\':
        return this.#escape(false);
      case '.':
        return `[^${LINE_END}]`;
      case '^':
        return '\\A';
      case '$':
        return '\\z';
      case '[':
        return this.#class();
      case '(':
        return this.#open();
      case ')':
        return this.#close();
      case '{':
        // A brace that starts no repetition is a plain character in JavaScript.
        return QUANTIFIER.test(`{${this.#rest()}`) ? '{' : '\\{';
      case ']':
        return '\\]';
      default:
        return literal(char);
    }
  }

  #take(): string {
    const char = this.#source.charAt(this.#position);
    this.#position += 1;
    return char;
  }

  #rest(): string {
    return this.#source.slice(this.#position);
  }

  #open(): string {
    if (!this.#rest().startsWith('?')) {
      this.#captures.push(true);
      return '(';
    }
    if (this.#rest().startsWith('?:')) {
      this.#captures.push(false);
      this.#position += 2;
      return '(?:';
    }
    throw new NeedsCage('a group only backtracking engines have');
  }

  #close(): string {
    const captures = this.#captures.pop() ?? false;
    const outer = this.#captures.length - 1;
    if (captures && outer >= 0) this.#captures[outer] = true;
    const quantifier = QUANTIFIER.exec(this.#rest());
    // JavaScript forgets captures on each round of a repetition, RE2 does not.
    if (captures && quantifier !== null && quantifier[0] !== '?')
      throw new NeedsCage('a repeated capturing group');
    return ')';
  }

  #escape(inClass: boolean): string {
    const char = this.#take();
    if (char === 's') return inClass ? SPACE : `[${SPACE}]`;
    if (char === 'S' && !inClass) return `[^${SPACE}]`;
    if (char === 'b' && inClass) return '\\x{8}';
    if ((char === 'b' || char === 'B') && !inClass) return `\\${char}`;
    if ('dDwW'.includes(char)) return `\\${char}`;
    if (char === 'x' || char === 'u') return this.#codeUnit(char === 'x' ? 2 : 4);
    if (char === '0' && /^\d/.test(this.#rest())) throw new NeedsCage('an octal escape');
    const control = CONTROLS[char];
    if (control !== undefined) return control;
    if (/[1-9ckpPS]/.test(char)) throw new NeedsCage('an escape only backtracking engines have');
    return literal(char, true);
  }

  #codeUnit(digits: number): string {
    const code = new RegExp(`^[0-9a-fA-F]{${digits}}`).exec(this.#rest())?.[0];
    if (code === undefined) throw new NeedsCage('an incomplete escape');
    this.#position += digits;
    if (/^d[89a-f]/i.test(code) && digits === 4) throw new NeedsCage('a pattern beyond the basic plane');
    return `\\x{${code}}`;
  }

  #class(): string {
    const negated = this.#rest().startsWith('^');
    if (negated) this.#position += 1;
    if (this.#rest().startsWith(']')) throw new NeedsCage('an empty class');
    let members = '';
    while (!this.#rest().startsWith(']')) {
      const char = this.#take();
      if (char === '') throw new NeedsCage('an open class');
      if (char === '\\') {
        members += this.#escape(true);
      } else {
        // Set operations of newer engines start with these pairs; they mean nothing in JavaScript's plain mode.
        members += '[&~^'.includes(char) ? `\\${char}` : char;
      }
      // A range that touches a class such as \d is read as three members by JavaScript only.
      if (/\\[dDwW]-$|-\\[dDwWs]$/.test(members)) throw new NeedsCage('a range next to a class');
    }
    this.#position += 1;
    return `[${negated ? '^' : ''}${members}]`;
  }
}

/** A character outside a class. Unescaped ones that are still special here are special in both syntaxes. */
function literal(char: string, escaped = false): string {
  return escaped && /[\\.+*?()|[\]{}^$]/.test(char) ? `\\${char}` : char;
}
