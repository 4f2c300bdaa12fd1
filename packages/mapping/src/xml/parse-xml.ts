import { PROTOTYPE_MEMBER } from '../json/record.ts';
import { MalformedPayloadError, positionAt } from '../payload/malformed-payload-error.ts';
import { MAX_PAYLOAD_DEPTH, MAX_XML_ATTRIBUTES } from '../payload/payload-limits.ts';
import { decodeReferences } from './decode-references.ts';
import { NameTable } from './name-table.ts';
import { FORBIDDEN_CHARACTER, isXmlSpace, trimXmlSpace } from './xml-characters.ts';
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
const LESS_THAN = 0x3c;
const AMPERSAND = 0x26;
const COLON = 0x3a;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

/**
 * Parses a document by the conventions of spec ERP §5.2: the root name is the single member; attributes are `@_name`,
 * namespace declarations vanish; an element without attributes and children is its trimmed text, any other an object
 * with its text under `#text`; repeated siblings become an array; every value stays a string. Strict XML 1.0: what is
 * not well formed, carries a DOCTYPE, is nested deeper than 200 levels or has over 256 attributes on one element is
 * refused. Elements named `__proto__` are checked but left out.
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
  private readonly names = new NameTable('');
  private readonly attributeNames = new NameTable('@_');
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
    const text = this.textBefore(end);
    element.text = element.text === '' ? text : element.text + text;
  }

  /** The character data from here to an offset, decoded. */
  private textBefore(end: number): string {
    const raw = this.source.slice(this.at, end);
    if (this.hasCdataEnds && raw.includes(']]>')) this.fail('"]]>" in text', this.at + raw.indexOf(']]>'));
    return this.hasReferences ? this.decode(raw, this.at) : raw;
  }

  private decode(raw: string, from: number): string {
    return decodeReferences(raw, (message, offset) => this.fail(message, from + offset));
  }

  /** Reads `<name …>` or `<name …/>`; answers the element that is open afterwards. */
  private readStartTag(parent: OpenElement): OpenElement {
    const name = this.names.read(this.source, this.at + 1);
    if (name === '') this.fail('A tag without a name', this.at);
    this.at += 1 + name.length;
    const members = this.readAttributes(name);
    if (this.depth >= MAX_PAYLOAD_DEPTH) this.failDepth();
    if (this.source.charCodeAt(this.at) === SLASH) {
      if (this.source.charCodeAt(this.at + 1) !== CLOSE) this.fail(`Tag ${name} is not closed`, this.at);
      this.at += 2;
      addMember(parent, name, members ?? '');
      return parent;
    }
    this.at += 1;
    if (members === undefined && this.readLeaf(parent, name)) return parent;
    this.depth += 1;
    return { name, parent, members, text: '' };
  }

  /**
   * Reads the text and end tag of an element without attributes and children, by far the most frequent kind, without
   * opening it. False, with nothing read, for any other; the ordinary way then finds out what it is.
   */
  private readLeaf(parent: OpenElement, name: string): boolean {
    const end = this.source.indexOf('<', this.at);
    const nameEnd = end + 2 + name.length;
    if (this.source.charCodeAt(end + 1) !== SLASH || this.source.charCodeAt(nameEnd) !== CLOSE) return false;
    if (!this.source.startsWith(name, end + 2)) return false;
    addMember(parent, name, trimXmlSpace(this.textBefore(end)));
    this.at = nameEnd + 1;
    return true;
  }

  /** Reads attributes up to the `>` or `/` that ends the tag; undefined when there are none. */
  private readAttributes(tag: string): Record<string, unknown> | undefined {
    let members: Record<string, unknown> | undefined;
    let count = 0;
    let declares = false;
    for (;;) {
      const before = this.at;
      this.at = this.endOfSpace(before);
      const code = this.source.charCodeAt(this.at);
      if (code === CLOSE || code === SLASH) break;
      if (this.at === before) this.fail(`Tag ${tag} is not well formed`, before);
      count += 1;
      if (count > MAX_XML_ATTRIBUTES) this.fail(`More than ${MAX_XML_ATTRIBUTES} attributes`, this.at);
      members ??= {};
      declares = isDeclaration(this.readAttribute(tag, members)) || declares;
    }
    return members && declares ? withoutDeclarations(members) : members;
  }

  /** Reads one attribute into the members and answers its member name. */
  private readAttribute(tag: string, members: Record<string, unknown>): string {
    const start = this.at;
    const member = this.attributeNames.read(this.source, start);
    if (member === '') this.fail(`Tag ${tag} is not well formed`, start);
    if (Object.hasOwn(members, member)) this.fail(`Attribute ${member} twice`, start);
    this.at = this.endOfSpace(start + member.length - 2);
    if (this.source.charCodeAt(this.at) !== EQUALS) this.fail(`Attribute ${member} has no value`, this.at);
    this.at = this.endOfSpace(this.at + 1);
    members[member] = this.readAttributeValue(member);
    return member;
  }

  private readAttributeValue(member: string): string {
    const quote = this.source.charCodeAt(this.at);
    if (quote !== DOUBLE_QUOTE && quote !== SINGLE_QUOTE)
      this.fail(`Attribute ${member} is not quoted`, this.at);
    const start = this.at + 1;
    let plain = true;
    let end = start;
    for (let code = this.source.charCodeAt(end); code !== quote; code = this.source.charCodeAt(end)) {
      if (code === LESS_THAN) this.fail(`"<" in attribute ${member}`, end);
      if (end >= this.source.length) this.fail(`Attribute ${member} is not closed`, this.at);
      if (code === AMPERSAND || code < 0x20) plain = false;
      end += 1;
    }
    this.at = end + 1;
    const raw = this.source.slice(start, end);
    // XML 1.0 §3.3.3: literal tabs and line feeds become blanks, referenced ones stay.
    return plain ? raw : this.decode(raw.replace(/[\t\n]/g, ' '), start);
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
    const target = this.names.read(this.source, this.at + 2);
    const nameEnd = this.at + 2 + target.length;
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

function isDeclaration(member: string): boolean {
  return member.startsWith('@_xmlns') && (member.length === 7 || member.charCodeAt(7) === COLON);
}

/** Namespace declarations are read like attributes, so that two of a name are noticed, and vanish here. */
function withoutDeclarations(members: Record<string, unknown>): Record<string, unknown> | undefined {
  const kept = Object.entries(members).filter(([member]) => !isDeclaration(member));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
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
