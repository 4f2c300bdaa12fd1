import fc from 'fast-check';
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import {
  type Escape,
  parseTemplate,
  percentEncode,
  renderTemplate,
  renderTitle,
  TemplateError,
} from './index.ts';

const render = (template: string, context: unknown, escaping: Escape = 'none') =>
  renderTemplate(template, context, { escape: escaping });

function failure(attempt: () => unknown): TemplateError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('no failure');
}

const CUSTOMER = {
  first_name: 'Erika',
  last_name: 'Mustermann & Söhne',
  email: [{ email: 'erika@example.org' }, { email: 'e.m@example.org' }],
  address: { street: 'Hauptstraße', 'street number': '7a', country: null },
  balance: 0,
  active: false,
  tags: [],
  meters: { gas: { no: 'G1' }, power: { no: 'P1' } },
  matrix: [
    [1, 2],
    [3, 4],
  ],
};

/** Each of these must come out exactly as Handlebars itself renders it. */
const LIKE_HANDLEBARS = [
  '{{first_name}} {{last_name}}',
  '{{email.0.email}}, {{email.[1].email}}, {{email.length}}',
  '{{address.[street number]}} {{address/street}} {{"first_name"}}',
  '{{missing}}|{{missing.deeper.still}}|{{address.country}}|{{address.country.code}}',
  '{{balance}}|{{active}}|{{tags}}|{{email}}|{{matrix}}',
  '{{#if active}}yes{{else}}no{{/if}} {{#if balance}}yes{{else}}no{{/if}} {{#if balance includeZero=true}}zero{{/if}}',
  '{{#if first_name}}a{{else if last_name}}b{{else}}c{{/if}}{{#if missing}}a{{else if last_name}}b{{else}}c{{/if}}',
  '{{#unless tags}}none{{/unless}}{{#unless first_name}}x{{else}}y{{/unless}}',
  '{{#each email}}{{@index}}/{{@key}}:{{email}}{{#unless @last}}, {{/unless}}{{#if @first}}(main){{/if}}{{/each}}',
  '{{#each meters}}{{@key}}={{no}}{{#if @last}}.{{/if}} {{/each}}',
  '{{#each tags}}x{{else}}no tags{{/each}}{{#each missing}}x{{else}}nothing{{/each}}{{#each balance}}x{{else}}y{{/each}}',
  '{{#each matrix}}{{#each this}}{{@../index}}.{{@index}}={{this}} {{../../first_name}} {{/each}}{{/each}}',
  '{{#with address}}{{street}} {{../first_name}} {{@root.last_name}}{{else}}x{{/with}}{{#with missing}}x{{else}}y{{/with}}',
  '{{#each email as |entry position|}}{{position}} {{entry.email}} {{/each}}{{#with address as |a|}}{{a.street}}{{/with}}',
  '{{#each email as |first_name|}}{{first_name.email}} {{this.first_name}} {{./first_name}}{{/each}}',
  '{{#meters}}{{gas.no}}{{/meters}}{{#email}}{{email}}{{/email}}{{^tags}}empty{{/tags}}{{#active}}x{{/active}}{{^active}}off{{/active}}',
  '{{! a comment }}a{{!-- with }} inside --}}b',
  'a  {{~first_name~}}  b {{~#if first_name~}}  c  {{~/if~}}  d',
  'list:\n{{#each email}}\n  - {{email}}\n{{/each}}\nend\n{{#if active}}\nx\n{{else}}\ny\n{{/if}}\n',
  '\\{{first_name}} \\\\{{first_name}} {{{last_name}}} {{&last_name}} {{last_name}}',
  '{{this.first_name}} {{./last_name}} {{#with first_name}}{{this}} {{.}} {{length}}{{/with}}',
  '{{#if "text"}}t{{/if}}{{#if 0}}z{{/if}}{{#if null}}n{{/if}}{{#if undefined}}u{{/if}}{{#each "abc"}}x{{/each}}',
  '{{@root.first_name}} {{@unknown}} {{@index}}',
];

describe('renderTemplate', () => {
  it.each(LIKE_HANDLEBARS)('renders %j as Handlebars does', (template) => {
    expect(render(template, CUSTOMER, 'html')).toBe(Handlebars.compile(template)(CUSTOMER));
    expect(render(template, CUSTOMER)).toBe(Handlebars.compile(template, { noEscape: true })(CUSTOMER));
  });

  /** Templates whose paths come from a list. */
  function templates(paths: readonly string[]): fc.Arbitrary<string> {
    const name = fc.constantFrom(...paths);
    const text = fc.constantFrom(' ', '\n', 'text', ' - ', '\n  ', '&<"', '"', '=', '\t\r\n');
    const open = fc.constantFrom('{{', '{{~');
    const close = fc.constantFrom('}}', '~}}');
    const helper = fc.constantFrom('if', 'unless', 'each', 'with');
    const { body } = fc.letrec<{ piece: string; body: string }>((tie) => ({
      body: fc.array(tie('piece'), { maxLength: 6 }).map((pieces) => pieces.join('')),
      piece: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'blocks' },
        text,
        fc.tuple(open, name, close).map((parts) => parts.join('')),
        fc.tuple(open, fc.constantFrom('! note ', '!-- note --'), close).map((parts) => parts.join('')),
        fc
          .tuple(open, helper, name, close, tie('body'), fc.option(tie('body')), open, close)
          .map(([o, block, subject, c, inside, otherwise, o2, c2]) => {
            const alternative = otherwise === null ? '' : `${o2}else${c2}${otherwise}`;
            return `${o}#${block} ${subject}${c}${inside}${alternative}${o2}/${block}${c2}`;
          }),
      ),
    }));
    return body;
  }

  /** Contexts with members a, b and c, of lists, objects and the given leaves. */
  function contexts(leaf: fc.Arbitrary<unknown>, listsOfLeaves: boolean): fc.Arbitrary<object> {
    const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'values' },
        leaf,
        fc.array(tie(listsOfLeaves ? 'value' : 'object'), { maxLength: 3 }),
        tie('object'),
      ),
      object: fc.record(
        { a: tie('value'), b: tie('value'), c: tie('value') },
        { requiredKeys: [], noNullPrototype: true },
      ),
    }));
    return fc.record({ a: value, b: value, c: value }, { noNullPrototype: true });
  }

  const HERE = [
    'a',
    'b',
    'c',
    'this',
    'a.b',
    'b.[0]',
    'b.0.a',
    'c.[0].a',
    '@index',
    '@key',
    '@first',
    '@last',
    '@root.a',
    'x',
  ];
  const scalar = fc.oneof(
    fc.constantFrom('', 'v', '<b>', 'a=b', true, false, null, 0, 1, -2.5),
    fc.string({ maxLength: 3 }),
  );

  // Only with escaping: without it, Handlebars adds neighbouring numbers up instead of writing them one after the other.
  it('renders generated templates as Handlebars does', () => {
    fc.assert(
      fc.property(templates(HERE), contexts(scalar, true), (template, data) => {
        expect(render(template, data, 'html')).toBe(Handlebars.compile(template)(data));
      }),
      { numRuns: 1_000 },
    );
  });

  // Handlebars takes contexts that are equal after conversion (0 and [], "v" and ["v"]) for the same level; such data is left out here.
  it('renders generated templates that climb to outer contexts as Handlebars does', () => {
    const paths = ['a', 'b', 'c', 'this', 'a.b', '../a', '../b', '../../c', '../this', '@../key', '@root.b'];
    fc.assert(
      fc.property(templates(paths), contexts(fc.constantFrom('', 'v', '<b>'), false), (template, data) => {
        expect(render(template, data, 'html')).toBe(Handlebars.compile(template)(data));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('escaping', () => {
  const context = {
    params: { id: 'a b/c?&x=ü', list: ['1/2', '3&4'] },
    steps: [{ body: { link: 'https://archive.example/d?x=1' } }],
  };
  const archiveUrl: Escape = (text, path) => (path[0] === 'params' ? percentEncode(text) : text);

  it('encodes by origin: parameters, but not results of steps', () => {
    expect(render('{{steps.0.body.link}}&id={{params.id}}', context, archiveUrl)).toBe(
      'https://archive.example/d?x=1&id=a%20b%2Fc%3F%26x%3D%C3%BC',
    );
  });

  it('knows the origin in loops, changed contexts, names, parents, keys and raw insertions', () => {
    const encoded = '1%2F2,3%264,';
    expect(render('{{#each params.list}}{{this}},{{/each}}', context, archiveUrl)).toBe(encoded);
    expect(render('{{#each params.list as |item|}}{{item}},{{/each}}', context, archiveUrl)).toBe(encoded);
    expect(render('{{#with params}}{{#each list}}{{.}},{{/each}}{{/with}}', context, archiveUrl)).toBe(
      encoded,
    );
    expect(render('{{#with steps}}{{#with ../params}}{{{id}}}{{/with}}{{/with}}', context, archiveUrl)).toBe(
      percentEncode(context.params.id),
    );
    expect(render('{{@root.params.id}}', context, archiveUrl)).toBe(percentEncode(context.params.id));
    expect(render('{{#each params}}{{@key}};{{/each}}', { params: { 'a/b': 1 } }, archiveUrl)).toBe('a%2Fb;');
    const sameText = { steps: ['x/y'], params: { id: 'x/y' } };
    expect(
      render('{{#each steps}}{{#with ../params.id}}{{this}}{{/with}}{{/each}}', sameText, archiveUrl),
    ).toBe('x%2Fy');
  });

  it('encodes everything for url, also halves of surrogate pairs', () => {
    expect(render('{{a}}{{{a}}}', { a: '/\ud800' }, 'url')).toBe('%2F%EF%BF%BD%2F%EF%BF%BD');
  });
});

describe('what tenants must not reach', () => {
  class Account {
    secret = 'own';
    get inherited(): string {
      return 'prototype';
    }
  }

  it.each([
    '{{constructor}}',
    '{{constructor.name}}',
    '{{__proto__}}',
    '{{a.__proto__.constructor}}',
    '{{toString}}',
    '{{a.toString}}',
    '{{hasOwnProperty}}',
    '{{inherited}}',
    '{{list.map}}',
    '{{list.constructor.constructor}}',
    '{{text.constructor}}',
    '{{#with constructor}}{{name}}{{/with}}',
    '{{#each __proto__}}{{@key}}{{/each}}',
    '{{own_function}}',
    '{{@root.constructor}}{{@constructor}}{{@__proto__}}{{@root.__proto__}}',
    '{{#each list as |x|}}{{x.constructor}}{{/each}}',
    '{{../constructor}}{{../../x}}',
  ])('%s renders as nothing', (template) => {
    const context = Object.assign(new Account(), {
      a: {},
      list: [1],
      text: 't',
      own_function: () => 'called',
    });
    expect(render(template, context)).toBe('');
  });

  it('reads own fields with odd names as data', () => {
    const context = JSON.parse('{"__proto__": {"x": "data"}, "constructor": "field"}');
    expect(render('{{__proto__.x}} {{constructor}}', context)).toBe('data field');
  });

  it('calls nothing that the data brings along', () => {
    const trap = JSON.parse('{"a": {"toString": 1, "valueOf": 2}, "l": [{"toString": null}], "toHTML": "x"}');
    expect(render('{{a}} {{l}} {{toHTML}}', trap, 'html')).toBe('[object Object] [object Object] x');
  });

  it.each([
    '{{lookup this "x"}}',
    '{{log "x"}}',
    '{{helper a}}',
    '{{helper a=1}}',
    '{{#helper a}}{{/helper}}',
    '{{#each (lookup a "b")}}{{/each}}',
    '{{#if (a)}}{{/if}}',
    '{{#if a b}}{{/if}}',
    '{{#if a other=1}}{{/if}}',
    '{{#each}}{{/each}}',
    '{{#with a x=1}}{{/with}}',
    '{{{{raw}}}} {{a}} {{{{/raw}}}}',
    '{{> partial}}',
    '{{> (lookup . "x")}}',
    '{{#> layout}}{{/layout}}',
    '{{#*inline "x"}}{{/inline}}',
    '{{* decorator}}',
    '{{(a)}}',
  ])('%s is refused', (template) => {
    expect(failure(() => parseTemplate(template))).toMatchObject({ code: 'UNSUPPORTED', line: 1 });
  });

  it.each([
    '{{',
    '{{a',
    '{{#if a}}',
    '{{/if}}',
    '{{#if a}}{{/each}}',
    '{{a.0}}',
    '{{#each a as |}}{{/each}}',
    '{{a b=}}',
  ])('%s is no template', (template) => {
    expect(failure(() => parseTemplate(template)).code).toBe('SYNTAX');
  });
});

describe('limits', () => {
  const nested = (depth: number) => `${'{{#if a}}'.repeat(depth)}x${'{{/if}}'.repeat(depth)}`;

  it('accepts 32 nested blocks, and refuses more, however many', () => {
    expect(render(nested(32), { a: 1 })).toBe('x');
    expect(failure(() => render(nested(33), { a: 1 })).code).toBe('TOO_DEEP');
    expect(failure(() => render(nested(4000), { a: 1 })).code).toBe('TOO_DEEP');
    expect(failure(() => render(`{{#if a}}${'{{else if a}}'.repeat(4000)}{{/if}}`, {})).code).toBe(
      'TOO_DEEP',
    );
  });

  it('refuses templates that are too large', () => {
    expect(render('x'.repeat(65_536), {})).toHaveLength(65_536);
    expect(failure(() => render('x'.repeat(65_537), {})).code).toBe('TOO_LARGE');
  });

  it('stops loops within loops', () => {
    const list = Array.from({ length: 1000 }, () => 0);
    const template = '{{#each l}}{{#each ../l}}{{/each}}{{/each}}';
    expect(failure(() => render(template, { l: list })).code).toBe('TOO_MANY_STEPS');
  });

  it('stops output that grows', () => {
    const context = { l: Array.from({ length: 2000 }, () => 0), s: 'x'.repeat(1000) };
    expect(failure(() => render('{{#each l}}{{../s}}{{/each}}', context)).code).toBe('OUTPUT_TOO_LARGE');
    expect(failure(() => render('{{s}}', { s: '<'.repeat(300_000) }, 'html')).code).toBe('OUTPUT_TOO_LARGE');
    expect(
      failure(() => renderTemplate('{{s}}', context, { escape: 'none', limits: { outputLength: 999 } })).code,
    ).toBe('OUTPUT_TOO_LARGE');
  });

  it('stops lists within lists on output', () => {
    let list: unknown = [];
    for (let i = 0; i < 100_000; i += 1) list = [list];
    expect(failure(() => render('{{l}}', { l: list })).code).toBe('TOO_DEEP');
  });

  it('never fails in any other way, whatever the text', () => {
    const token = fc.constantFrom(
      '{{',
      '}}',
      '{{{',
      '}}}',
      '{{#if ',
      '{{/if}}',
      '{{else}}',
      '{{#each a}}',
      '{{/each}}',
      '~',
      '!--',
      '--',
      '../',
      '.',
      '[',
      ']',
      '"',
      '\\',
      '@',
      '|',
      ' as |x|',
      'a',
      ' ',
      '\n',
      '>',
      '*',
      '(',
      ')',
      '=',
      'env.',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(token, fc.string({ maxLength: 3 })), { maxLength: 20 }), (tokens) => {
        try {
          expect(typeof render(tokens.join(''), { a: [1, { a: 2 }] })).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('renderTitle', () => {
  it.each([
    ['{{first_name}} {{last_name}}', ' Erika ', 'Mustermann', 'Erika Mustermann'],
    ['{{first_name}}\n\t {{last_name}}', 'Erika', '', 'Erika'],
    ['{{first_name}} {{last_name}}', '', '\u00a0 ', ''],
    ['{{last_name}}, {{first_name}}', 'Erika', "O'Brien & Co", "O'Brien & Co, Erika"],
  ])('%j', (template, first_name, last_name, expected) => {
    expect(renderTitle(template, { first_name, last_name })).toBe(expected);
  });
});
