import { PROTOTYPE_MEMBER } from '../json/record.ts';
import { MalformedPayloadError, positionAt } from '../payload/malformed-payload-error.ts';
import { MAX_PAYLOAD_DEPTH, MAX_XML_ATTRIBUTES } from '../payload/payload-limits.ts';
import { decodeReferences } from './decode-references.ts';
import { endOfName, FORBIDDEN_CHARACTER, isXmlSpace, trimXmlSpace } from './xml-characters.ts';
import { endOfXmlDeclaration } from './xml-declaration.ts';

/** An element that is open: its members so far (none until the first attribute or child) and its own text. */
interface OpenElement {
  readonly name: string;
  readonly parent: OpenElement | undefined;
  members: Record<string, unknown> | undefined;
  text: string;
}

const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const CLOSE = 0x3e;
const EQUALS = 0x3d;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

/**
 * Parses a document by the conventions of spec ERP §5.2: the root name is the single member; attributes are `@_name`,
 * namespace declarations vanish; an element without attributes and children is its trimmed text, any other an object
 * with its text under `#text`; repeated siblings become an array; every value stays a string. Strict XML 1.0: what is
 * not well formed, carries a DOCTYPE, is nested deeper than 200 levels or has over 256 attributes on one element is
 * refused. Elements and attributes named `__proto__` are checked but left out.
 *
 * @throws MalformedPayloadError with line and column
 */
export function parseXml(text: string): Record<string, unknown> {
  return new DocumentReader(text).read();
}

/** One pass over the text, straight to the target shape; no tree of nodes and no event objects in between. */
class DocumentReader {
  private readonly source: string;
  private readonly hasReferences: boolean;
  private readonly hasCdataEnds: boolean;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    // Line ends first, as XML 1.0 §2.11 wants it: everything behind sees \n only.
    const withoutMark = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    this.source = withoutMark.includes('\r') ? withoutMark.replace(/\r\n?/g, '\n') : withoutMark;
    const forbidden = FORBIDDEN_CHARACTER.exec(this.source);
    if (forbidden) this.fail('A character that XML does not allow', forbidden.index);
    if (!this.source.isWellFormed()) this.fail('Half of a surrogate pair', 0);
    this.hasReferences = this.source.includes('&');
    this.hasCdataEnds = this.source.includes(']]>');
  }

  read(): Record<string, unknown> {
    const document: OpenElement = { name: '', parent: undefined, members: {}, text: '' };
    this.at = endOfXmlDeclaration(this.source);
    this.skipMiscellany();
    if (!this.source.startsWith('<', this.at)) this.fail('The document has no root element', this.at);
    this.readContent(document);
    this.skipMiscellany();
    if (this.at < this.source.length) this.fail('Content behind the root element', this.at);
    return document.members ?? {};
  }

  /** Reads from the root's start tag to its end tag. */
  private readContent(document: OpenElement): void {
    let element = this.readStartTag(document);
    while (element !== document) {
      const open = this.source.indexOf('<', this.at);
      if (open === -1) this.fail(`Element ${element.name} is not closed`, this.at);
      if (open > this.at) this.readText(element, open);
      this.at = open;
      const next = this.source.charCodeAt(open + 1);
      if (next === SLASH) element = this.readEndTag(element, document);
      else if (next === BANG) this.readCommentOrCdata(element);
      else if (next === QUESTION) this.skipInstruction();
      else element = this.readStartTag(element);
    }
  }

  private readText(element: OpenElement, end: number): void {
    // White space before any text would be trimmed anyway; this is the indentation of nearly every document.
    if (element.text === '' && this.endOfSpace(this.at) >= end) return;
    const raw = this.source.slice(this.at, end);
    if (this.hasCdataEnds && raw.includes(']]>')) this.fail('"]]>" in text', this.at + raw.indexOf(']]>'));
    const text = this.hasReferences ? this.decode(raw, this.at) : raw;
    element.text = element.text === '' ? text : element.text + text;
  }

  private decode(raw: string, from: number): string {
    return decodeReferences(raw, (message, offset) => this.fail(message, from + offset));
  }

  /** Reads `<name …>` or `<name …/>`; answers the element that is open afterwards. */
  private readStartTag(parent: OpenElement): OpenElement {
    const nameEnd = endOfName(this.source, this.at + 1);
    if (nameEnd === this.at + 1) this.fail('A tag without a name', this.at);
    const name = this.source.slice(this.at + 1, nameEnd);
    this.at = nameEnd;
    const element: OpenElement = { name, parent, members: undefined, text: '' };
    this.readAttributes(element);
    if (this.source.charCodeAt(this.at) === SLASH) {
      if (this.source.charCodeAt(this.at + 1) !== CLOSE) this.fail(`Tag ${name} is not closed`, this.at);
      this.at += 2;
      if (this.depth >= MAX_PAYLOAD_DEPTH) this.failDepth();
      addMember(parent, name, element.members ?? '');
      return parent;
    }
    this.at += 1;
    this.depth += 1;
    if (this.depth > MAX_PAYLOAD_DEPTH) this.failDepth();
    return element;
  }

  /** Reads attributes up to the `>` or `/` that ends the tag. */
  private readAttributes(element: OpenElement): void {
    let count = 0;
    let seen: Set<string> | undefined;
    for (;;) {
      const before = this.at;
      this.at = this.endOfSpace(before);
      const code = this.source.charCodeAt(this.at);
      if (code === CLOSE || code === SLASH) return;
      if (this.at === before) this.fail(`Tag ${element.name} is not well formed`, before);
      count += 1;
      if (count > MAX_XML_ATTRIBUTES) this.fail(`More than ${MAX_XML_ATTRIBUTES} attributes`, this.at);
      seen ??= new Set();
      this.readAttribute(element, seen);
    }
  }

  private readAttribute(element: OpenElement, seen: Set<string>): void {
    const start = this.at;
    this.at = endOfName(this.source, start);
    if (this.at === start) this.fail(`Tag ${element.name} is not well formed`, start);
    const name = this.source.slice(start, this.at);
    if (seen.has(name)) this.fail(`Attribute ${name} twice`, start);
    seen.add(name);
    this.at = this.endOfSpace(this.at);
    if (this.source.charCodeAt(this.at) !== EQUALS) this.fail(`Attribute ${name} has no value`, this.at);
    this.at = this.endOfSpace(this.at + 1);
    const value = this.readAttributeValue(name);
    if (name === 'xmlns' || name.startsWith('xmlns:') || name === PROTOTYPE_MEMBER) return;
    element.members ??= {};
    element.members[`@_${name}`] = value;
  }

  private readAttributeValue(name: string): string {
    const quote = this.source.charCodeAt(this.at);
    if (quote !== DOUBLE_QUOTE && quote !== SINGLE_QUOTE)
      this.fail(`Attribute ${name} is not quoted`, this.at);
    const start = this.at + 1;
    const end = this.source.indexOf(quote === DOUBLE_QUOTE ? '"' : "'", start);
    if (end === -1) this.fail(`Attribute ${name} is not closed`, this.at);
    const raw = this.source.slice(start, end);
    if (raw.includes('<')) this.fail(`"<" in attribute ${name}`, start);
    this.at = end + 1;
    // XML 1.0 §3.3.3: literal tabs and line feeds become blanks, referenced ones stay.
    const blanks = /[\t\n]/.test(raw) ? raw.replace(/[\t\n]/g, ' ') : raw;
    return this.hasReferences ? this.decode(blanks, start) : blanks;
  }

  private readEndTag(element: OpenElement, document: OpenElement): OpenElement {
    const nameStart = this.at + 2;
    if (!this.source.startsWith(element.name, nameStart))
      this.fail(`Element ${element.name} is not closed`, this.at);
    const end = this.endOfSpace(nameStart + element.name.length);
    if (this.source.charCodeAt(end) !== CLOSE) this.fail(`Element ${element.name} is not closed`, this.at);
    this.at = end + 1;
    this.depth -= 1;
    const parent = element.parent ?? document;
    addMember(parent, element.name, elementValue(element));
    return parent;
  }

  private readCommentOrCdata(element: OpenElement): void {
    if (!this.source.startsWith('<![CDATA[', this.at)) {
      this.skipComment();
      return;
    }
    const start = this.at + 9;
    const end = this.source.indexOf(']]>', start);
    if (end === -1) this.fail('A CDATA section is not closed', this.at);
    element.text += this.source.slice(start, end);
    this.at = end + 3;
  }

  /** Skips white space, comments and processing instructions outside the root element. */
  private skipMiscellany(): void {
    for (;;) {
      this.at = this.endOfSpace(this.at);
      if (this.source.startsWith('<?', this.at)) this.skipInstruction();
      else if (this.source.startsWith('<!', this.at)) this.skipComment();
      else return;
    }
  }

  private skipComment(): void {
    if (!this.source.startsWith('<!--', this.at))
      this.fail('A DOCTYPE or another declaration is not accepted', this.at);
    const end = this.source.indexOf('--', this.at + 4);
    if (end === -1 || this.source.charCodeAt(end + 2) !== CLOSE)
      this.fail('A comment is not well formed', this.at);
    this.at = end + 3;
  }

  private skipInstruction(): void {
    const nameEnd = endOfName(this.source, this.at + 2);
    const target = this.source.slice(this.at + 2, nameEnd);
    const end = this.source.indexOf('?>', nameEnd);
    const separated = end === nameEnd || isXmlSpace(this.source.charCodeAt(nameEnd));
    if (target === '' || target.toLowerCase() === 'xml' || end === -1 || !separated) {
      this.fail('A processing instruction is not well formed', this.at);
    }
    this.at = end + 2;
  }

  private endOfSpace(from: number): number {
    let at = from;
    while (isXmlSpace(this.source.charCodeAt(at))) at += 1;
    return at;
  }

  private failDepth(): never {
    return this.fail(`Elements are nested deeper than ${MAX_PAYLOAD_DEPTH} levels`, this.at);
  }

  private fail(message: string, offset: number): never {
    throw new MalformedPayloadError(message, positionAt(this.source, offset));
  }
}

/** What an element is in the target shape once its end tag was read. */
function elementValue(element: OpenElement): unknown {
  const text = element.text === '' ? '' : trimXmlSpace(element.text);
  if (element.members === undefined) return text;
  if (text !== '') element.members['#text'] = text;
  return element.members;
}

/** Adds a child; the second of a name turns the member into an array. Values are strings or objects, never arrays. */
function addMember(parent: OpenElement, name: string, value: unknown): void {
  if (name === PROTOTYPE_MEMBER) return;
  parent.members ??= {};
  const members = parent.members;
  const existing = members[name];
  // Inherited members such as `constructor` are found by the read above and must not count.
  if (existing === undefined || !Object.hasOwn(members, name)) members[name] = value;
  else if (Array.isArray(existing)) existing.push(value);
  else members[name] = [existing, value];
}
