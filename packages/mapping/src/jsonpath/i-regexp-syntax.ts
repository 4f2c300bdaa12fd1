/** A test of one character, given as a string of one code point. */
export type CharacterTest = (character: string) => boolean;

/** The syntax tree of an I-Regexp (RFC 9485). */
export type Pattern =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly min: number; readonly max: number };

/** Deepest nesting of groups. */
const MAX_GROUPS = 64;

/** Categories of `\p{…}` (RFC 9485 §3, IsCategory). */
const CATEGORY = /^(?:L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|Z[lps]?|S[ckmo]?|C[cfno]?)$/;

const ESCAPED_CONTROLS: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Parses an I-Regexp; undefined for a text that is none, which by RFC 9535 §2.4.6 matches nothing. */
export function parseIRegexp(source: string): Pattern | undefined {
  return new PatternReader(source).read();
}

class PatternReader {
  private readonly characters: readonly string[];
  private at = 0;
  private broken = false;
  private groups = 0;

  constructor(source: string) {
    this.characters = [...source];
  }

  read(): Pattern | undefined {
    const pattern = this.readChoice();
    return this.broken || this.at < this.characters.length ? undefined : pattern;
  }

  private readChoice(): Pattern {
    const parts = [this.readBranch()];
    while (this.accept('|')) parts.push(this.readBranch());
    return { kind: 'choice', parts };
  }

  private readBranch(): Pattern {
    const parts: Pattern[] = [];
    while (!this.broken && this.at < this.characters.length && !this.sees('|') && !this.sees(')')) {
      parts.push(this.readQuantified(this.readAtom()));
    }
    return { kind: 'sequence', parts };
  }

  private readQuantified(part: Pattern): Pattern {
    if (this.accept('*')) return { kind: 'repeat', part, min: 0, max: Number.POSITIVE_INFINITY };
    if (this.accept('+')) return { kind: 'repeat', part, min: 1, max: Number.POSITIVE_INFINITY };
    if (this.accept('?')) return { kind: 'repeat', part, min: 0, max: 1 };
    if (!this.accept('{')) return part;
    const min = this.readNumber();
    const max = this.accept(',') ? (this.sees('}') ? Number.POSITIVE_INFINITY : this.readNumber()) : min;
    this.require(this.accept('}') && min <= max);
    return { kind: 'repeat', part, min, max };
  }

  private readNumber(): number {
    let digits = '';
    while (/^[0-9]$/.test(this.peek())) digits += this.next();
    this.require(digits !== '' && digits.length <= 6);
    return Number(digits);
  }

  private readAtom(): Pattern {
    if (this.accept('(')) return this.readGroup();
    if (this.accept('.'))
      return { kind: 'character', test: (character) => character !== '\n' && character !== '\r' };
    if (this.accept('[')) return { kind: 'character', test: this.readClass() };
    if (this.accept('\\')) return { kind: 'character', test: this.readEscape() };
    const character = this.next();
    this.require(!'*+?{}]'.includes(character));
    return { kind: 'character', test: (other) => other === character };
  }

  private readGroup(): Pattern {
    this.groups += 1;
    this.require(this.groups <= MAX_GROUPS);
    const group: Pattern = this.broken ? { kind: 'sequence', parts: [] } : this.readChoice();
    this.require(this.accept(')'));
    this.groups -= 1;
    return group;
  }

  private readEscape(): CharacterTest {
    if (this.sees('p') || this.sees('P')) return this.readCategory();
    const character = this.readEscapedCharacter();
    return (other) => other === character;
  }

  private readEscapedCharacter(): string {
    const character = this.next();
    const control = ESCAPED_CONTROLS.get(character);
    this.require(control !== undefined || '()*+-.?[\\]^{|}'.includes(character));
    return control ?? character;
  }

  private readCategory(): CharacterTest {
    const negated = this.next() === 'P';
    let name = '';
    this.require(this.accept('{'));
    while (!this.broken && !this.accept('}')) name += this.next();
    this.require(CATEGORY.test(name));
    if (this.broken) return () => false;
    const category = new RegExp(`^\\p{${name}}$`, 'u');
    return (character) => category.test(character) !== negated;
  }

  private readClass(): CharacterTest {
    const negated = this.accept('^');
    const tests: CharacterTest[] = [];
    if (this.accept('-')) tests.push((character) => character === '-');
    while (!this.broken && !this.sees(']')) tests.push(this.readClassMember());
    this.require(this.accept(']') && tests.length > 0);
    return (character) => tests.some((test) => test(character)) !== negated;
  }

  private readClassMember(): CharacterTest {
    if (this.sees('\\') && /^[pP]$/.test(this.peek(1))) {
      this.next();
      return this.readCategory();
    }
    if (this.accept('-')) {
      this.require(this.sees(']'));
      return (character) => character === '-';
    }
    const from = this.readClassCharacter();
    if (!this.sees('-') || this.peek(1) === ']') return (character) => character === from;
    this.next();
    const to = this.readClassCharacter();
    const [low = 0, high = 0] = [from.codePointAt(0), to.codePointAt(0)];
    this.require(low <= high);
    return (character) => {
      const code = character.codePointAt(0) ?? -1;
      return code >= low && code <= high;
    };
  }

  private readClassCharacter(): string {
    if (this.accept('\\')) return this.readEscapedCharacter();
    const character = this.next();
    this.require(!'-[]'.includes(character));
    return character;
  }

  private peek(ahead = 0): string {
    return this.characters[this.at + ahead] ?? '';
  }

  private sees(character: string): boolean {
    return this.peek() === character;
  }

  private accept(character: string): boolean {
    if (!this.sees(character)) return false;
    this.at += 1;
    return true;
  }

  /** The next character; at the end the pattern is broken. */
  private next(): string {
    const character = this.peek();
    this.require(character !== '');
    this.at += 1;
    return character;
  }

  private require(condition: boolean): void {
    if (!condition) this.broken = true;
  }
}
