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

/** What is known of a group that is still open. */
interface Group {
  /** It captures or holds a group that does. */
  captures: boolean;
  /** The alternative being read can match the empty text, as far as it has been read. */
  branchMayBeEmpty: boolean;
  /** An earlier alternative can. */
  mayBeEmpty: boolean;
}

function newGroup(captures: boolean): Group {
  return { captures, branchMayBeEmpty: true, mayBeEmpty: false };
}

class Translation {
  readonly #source: string;
  #position = 0;
  /** The open groups, the pattern itself first. */
  readonly #groups: Group[] = [newGroup(false)];

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
      case '^':
        return '\\A';
      case '$':
        return '\\z';
      case '(':
        return this.#open();
      case ')':
        return this.#close();
      case '|':
        return this.#alternative();
      case '*':
      case '+':
      case '?':
        return char;
      case '\\':
        if (/^[bB]/.test(this.#rest())) return `\\${this.#take()}`;
        return this.#consuming(this.#escape(false));
      case '.':
        return this.#consuming(`[^${LINE_END}]`);
      case '[':
        return this.#consuming(this.#class());
      case '{':
        // A brace that starts no repetition is a plain character in JavaScript.
        return QUANTIFIER.test(`{${this.#rest()}`) ? this.#repetition() : this.#consuming('\\{');
      case ']':
        return this.#consuming('\\]');
      default:
        return this.#consuming(char);
    }
  }

  /** Copies `{n,m}` whole, so that its digits are not taken for characters to match. */
  #repetition(): string {
    const [repetition = ''] = QUANTIFIER.exec(`{${this.#rest()}`) ?? [];
    this.#position += repetition.length - 1;
    return repetition;
  }

  /** Something that matches a character, unless what follows lets it be left out. */
  #consuming(translated: string): string {
    if (!this.#mayBeLeftOut()) this.#group().branchMayBeEmpty = false;
    return translated;
  }

  #mayBeLeftOut(): boolean {
    return /^(?:[*?]|\{0)/.test(this.#rest());
  }

  #group(): Group {
    const group = this.#groups.at(-1);
    if (group === undefined) throw new NeedsCage('an unbalanced group');
    return group;
  }

  #alternative(): string {
    const group = this.#group();
    group.mayBeEmpty ||= group.branchMayBeEmpty;
    group.branchMayBeEmpty = true;
    return '|';
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
      this.#groups.push(newGroup(true));
      return '(';
    }
    if (this.#rest().startsWith('?:')) {
      this.#groups.push(newGroup(false));
      this.#position += 2;
      return '(?:';
    }
    throw new NeedsCage('a group only backtracking engines have');
  }

  #close(): string {
    const inner = this.#group();
    this.#groups.pop();
    const outer = this.#group();
    const mayBeEmpty = inner.mayBeEmpty || inner.branchMayBeEmpty;
    const quantifier = QUANTIFIER.exec(this.#rest());
    // JavaScript forgets captures on each round of a repetition and takes back an empty round; RE2 does neither.
    if (quantifier !== null && quantifier[0] !== '?' && inner.captures)
      throw new NeedsCage('a repeated capturing group');
    if (quantifier !== null && mayBeEmpty) throw new NeedsCage('a repeated group that may be empty');
    outer.captures ||= inner.captures;
    if (!mayBeEmpty && !this.#mayBeLeftOut()) outer.branchMayBeEmpty = false;
    return ')';
  }

  #escape(inClass: boolean): string {
    const char = this.#take();
    if (char === 's') return inClass ? SPACE : `[${SPACE}]`;
    if (char === 'S' && !inClass) return `[^${SPACE}]`;
    if (char === 'b' && inClass) return '\\x{8}';
    if ('dDwW'.includes(char)) return `\\${char}`;
    if (char === 'x' || char === 'u') return this.#codeUnit(char === 'x' ? 2 : 4);
    if (char === '0' && /^\d/.test(this.#rest())) throw new NeedsCage('an octal escape');
    const control = CONTROLS[char];
    if (control !== undefined) return control;
    if (/[1-9ckpPS]/.test(char)) throw new NeedsCage('an escape only backtracking engines have');
    return literal(char);
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

/** An escaped character that stands for itself. */
function literal(char: string): string {
  return /[\\.+*?()|[\]{}^$]/.test(char) ? `\\${char}` : char;
}
