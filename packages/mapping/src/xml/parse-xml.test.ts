import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedPayloadError } from '../payload/malformed-payload-error.ts';
import { parseXml } from './parse-xml.ts';
import { parseWithSaxes } from './saxes-oracle.ts';

function outcome(text: string): unknown {
  try {
    return parseXml(text);
  } catch (error) {
    if (error instanceof MalformedPayloadError) return undefined;
    throw error;
  }
}

describe('parseXml: conventions of spec ERP §5.2', () => {
  it.each([
    ['the root is the single member', '<A>x</A>', { A: 'x' }],
    ['attributes are members with @_', '<A n="1" m=\'2\'/>', { A: { '@_n': '1', '@_m': '2' } }],
    ['namespace declarations vanish', '<A xmlns="u" xmlns:s="v">x</A>', { A: 'x' }],
    ['prefixes stay', '<s:A s:b="1"><s:c>x</s:c></s:A>', { 's:A': { '@_s:b': '1', 's:c': 'x' } }],
    ['empty elements are empty texts', '<A><b/><c></c><d>  </d></A>', { A: { b: '', c: '', d: '' } }],
    ['text beside attributes is #text', '<A b="1"> x </A>', { A: { '@_b': '1', '#text': 'x' } }],
    [
      'repeated siblings are an array in document order',
      '<A><b>1</b><c/><b>2</b></A>',
      { A: { b: ['1', '2'], c: '' } },
    ],
    ['mixed text is concatenated and trimmed', '<A> x <b/> y </A>', { A: { b: '', '#text': 'x  y' } }],
    ['CDATA is text', '<A>a<![CDATA[<b>&amp;]]>c</A>', { A: 'a<b>&amp;c' }],
    [
      'references are decoded once',
      '<A b="&quot;&#10;">&amp;lt;&#x41;&#0066;</A>',
      { A: { '@_b': '"\n', '#text': '&lt;AB' } },
    ],
    [
      'comments and instructions vanish',
      '<?xml version="1.0"?><!-- a --><?p q?><A>1<!-- b -->2<?p?>3</A><!-- c -->',
      { A: '123' },
    ],
    [
      'nothing is guessed',
      '<A><b>007</b><c>true</c><d>1.50</d></A>',
      { A: { b: '007', c: 'true', d: '1.50' } },
    ],
    ['xsi:nil is an attribute', '<A xsi:nil="true"/>', { A: { '@_xsi:nil': 'true' } }],
    [
      'line ends become line feeds, blanks in attributes',
      '<A b="x\r\ny">1\r2\r\n3</A>',
      { A: { '@_b': 'x y', '#text': '1\n2\n3' } },
    ],
    ['a byte order mark is no content', '\ufeff<A/>', { A: '' }],
    ['names may carry marks of any script', '<Zähler ß="1"/>', { Zähler: { '@_ß': '1' } }],
    [
      'inherited names are ordinary names',
      '<A><constructor>1</constructor><toString/></A>',
      { A: { constructor: '1', toString: '' } },
    ],
    ['end tags may have blanks', '<A ><b\n></b ></A\t>', { A: { b: '' } }],
  ])('%s', (_rule, text, expected) => {
    expect(parseXml(text)).toEqual(expected);
  });

  it('leaves __proto__ out and never touches a prototype', () => {
    const parsed = parseXml('<A><__proto__><polluted>yes</polluted></__proto__><b>1</b></A>');
    expect(parsed).toEqual({ A: { b: '1' } });
    expect(Object.getPrototypeOf(parsed.A)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  it('refuses what is not well formed', () => {
    for (const text of [
      '',
      ' ',
      'x',
      '<',
      '<A',
      '<A>',
      '</A>',
      '<A></B>',
      '<a><b>1</a>',
      '<A/><B/>',
      '<A/>x',
      'x<A/>',
      '/A/>',
      '<A b/>',
      '<A b=1/>',
      '<A b="1" b="2"/>',
      '<A b="1"c="2"/>',
      '<A b="<"/>',
      '<A b="1/>',
      '<1/>',
      '<A>&unknown;</A>',
      '<A>& </A>',
      '<A>&#0;</A>',
      '<A>&#xD800;</A>',
      '<A>&#x110000;</A>',
      '<A>&#;</A>',
      '<A>&#x;</A>',
      '<A>]]></A>',
      '<A><![CDATA[x</A>',
      '<A><!-- a -- b --></A>',
      '<A><!-- a --->',
      '<A><?xml version="1.0"?></A>',
      ' <?xml version="1.0"?><A/>',
      '<?xml?><A/>',
      '<?xml version="2.0"?><A/>',
      '<A><? p?></A>',
      '<A>\u0001</A>',
      '<A>\ud800</A>',
      '<A>\uffff</A>',
      '<![CDATA[x]]>',
      '<A/ >',
      '< A/>',
      '</>',
      '<A b=""/ >',
    ]) {
      expect(outcome(text), text).toBeUndefined();
    }
  });

  it('refuses a DOCTYPE, and with it every entity bomb', () => {
    const bomb = '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>';
    expect(() => parseXml(bomb)).toThrow(/DOCTYPE/);
    expect(outcome('<!DOCTYPE A SYSTEM "file:///etc/passwd"><A/>')).toBeUndefined();
    expect(outcome('<A><!DOCTYPE A></A>')).toBeUndefined();
  });

  it('names line and column', () => {
    expect(() => parseXml('<A>\n  <b>\n</A>')).toThrow('Element b is not closed (line 3, column 1)');
  });

  it('accepts 200 levels and refuses 201, also of empty elements', () => {
    const nest = (depth: number, leaf: string): string => '<a>'.repeat(depth) + leaf + '</a>'.repeat(depth);
    expect(outcome(nest(200, ''))).toBeDefined();
    expect(outcome(nest(199, '<b/>'))).toBeDefined();
    expect(outcome(nest(201, ''))).toBeUndefined();
    expect(outcome(nest(200, '<b/>'))).toBeUndefined();
    expect(outcome('<a>'.repeat(1_000_000))).toBeUndefined();
  });

  it('accepts 256 attributes on an element and refuses 257', () => {
    const attributes = (count: number): string =>
      Array.from({ length: count }, (_, at) => ` a${at}=""`).join('');
    expect(outcome(`<A${attributes(256)}/>`)).toBeDefined();
    expect(outcome(`<A${attributes(257)}/>`)).toBeUndefined();
  });
});

interface Tree {
  readonly name: string;
  readonly attributes: readonly [string, string][];
  readonly content: readonly (string | Tree)[];
}

const name = fc.constantFrom('a', 'b', 'Zähler', 'x:y', '_1', 'constructor', 'long-name.2');
const plainText = fc.string({
  unit: fc.constantFrom('a', ' ', '\n', '\r', '\t', 'ü', '€', '😀', '>', "'", ';'),
});
const reference = fc.constantFrom('&lt;', '&amp;', '&#65;', '&#x20ac;', '&quot;', '&#13;');
const piece = fc.oneof(
  plainText,
  reference,
  plainText.map((text) => `<![CDATA[${text}<&]]>`),
  fc.constantFrom('<!-- c -->', '<?p i?>'),
);
const attributeText = fc.array(
  fc.oneof(
    plainText.map((text) => text.replaceAll("'", '"')),
    reference,
  ),
  { maxLength: 3 },
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name,
    attributes: fc.uniqueArray(
      fc.tuple(
        name,
        attributeText.map((parts) => parts.join('')),
      ),
      {
        selector: ([attribute]) => attribute,
        maxLength: 3,
      },
    ),
    content: fc.array(fc.oneof({ depthSize: 'small' }, piece, tie('tree')), { maxLength: 5 }),
  }),
}));

function write({ name: tag, attributes, content }: Tree): string {
  const list = attributes.map(([attribute, value]) => ` ${attribute} = '${value}'`).join('');
  if (content.length === 0) return `<${tag}${list}/>`;
  const inner = content.map((part) => (typeof part === 'string' ? part : write(part))).join('');
  return `<${tag}${list}>${inner}</${tag} >`;
}

describe('parseXml beside saxes', () => {
  it('agrees on every well-formed document', () => {
    fc.assert(
      fc.property(tree, (document) => {
        const text = write(document);
        expect(parseXml(text)).toEqual(parseWithSaxes(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('agrees on what is refused after random damage', () => {
    const scrap = fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      ';',
      '"',
      "'",
      '=',
      ' ',
      'a',
      '!',
      '?',
      '-',
      ']]>',
      '<!--',
      '<![CDATA[',
      '\u0000',
    );
    fc.assert(
      fc.property(
        tree,
        fc.array(fc.tuple(fc.nat(), fc.nat(3), scrap), { minLength: 1, maxLength: 3 }),
        (document, cuts) => {
          let text = write(document);
          for (const [place, length, insert] of cuts) {
            const at = place % (text.length + 1);
            text = text.slice(0, at) + insert + text.slice(at + length);
          }
          // saxes accepts <?p? i?>, which production 16 does not.
          fc.pre(!/<\?p\?[^>]/.test(text));
          expect(outcome(text)).toEqual(parseWithSaxes(text));
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
