import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileJsonPath } from './json-path.ts';
import { JsonPathLimitError, JsonPathSyntaxError } from './json-path-error.ts';
import { selectPlainly } from './plain-oracle.ts';

const store = {
  books: [
    { category: 'reference', author: 'Nigel', title: 'Sayings', price: 8.95 },
    { category: 'fiction', author: 'Evelyn', title: 'Sword', price: 12.99 },
    { category: 'fiction', author: 'Herman', title: 'Moby', isbn: '0-553', price: 8.99 },
    { category: 'fiction', author: 'Tolkien', title: 'Lord', isbn: '0-395', price: 22.99 },
  ],
  bicycle: { color: 'red', price: 399 },
  empty: [],
  none: null,
  'a.b': { "it's": 1, 'ü"': 2 },
};

describe('compileJsonPath', () => {
  it.each([
    ['$', store],
    ['$.bicycle.color', 'red'],
    ["$['bicycle']['color']", 'red'],
    ['$["a.b"]["it\'s"]', 1],
    ["$['a.b']['it\\'s']", 1],
    ['$["a.b"]["\\u00fc\\""]', 2],
    ['$.books[0].author', 'Nigel'],
    ['$.books[-1].author', 'Tolkien'],
    ['$ .books [ 0 ] .author', 'Nigel'],
    ['$.none', null],
    ['$.missing', undefined],
    ['$.books[9]', undefined],
    ['$.books.length', undefined],
    ['$.constructor', undefined],
    ['$.bicycle.color[0]', undefined],
  ])('names one node: %s', (path, expected) => {
    expect(compileJsonPath(path)(store)).toEqual(expected);
  });

  it.each([
    ['$.books[*].author', ['Nigel', 'Evelyn', 'Herman', 'Tolkien']],
    ['$..author', ['Nigel', 'Evelyn', 'Herman', 'Tolkien']],
    ['$.bicycle.*', ['red', 399]],
    ['$..color', ['red']],
    ['$.empty[*]', undefined],
    ['$.books[1:3].title', ['Sword', 'Moby']],
    ['$.books[:2].title', ['Sayings', 'Sword']],
    ['$.books[-2:].title', ['Moby', 'Lord']],
    ['$.books[::2].title', ['Sayings', 'Moby']],
    ['$.books[::-1].title', ['Lord', 'Moby', 'Sword', 'Sayings']],
    ['$.books[3:0:-2].title', ['Lord', 'Sword']],
    ['$.books[::0].title', undefined],
    ['$.books[0,2].title', ['Sayings', 'Moby']],
    ["$.bicycle['price','color']", [399, 'red']],
    ['$.books[0,0].title', ['Sayings', 'Sayings']],
    ['$.books[?@.isbn].title', ['Moby', 'Lord']],
    ['$.books[?!@.isbn].title', ['Sayings', 'Sword']],
    ['$.books[?@.price < 10].title', ['Sayings', 'Moby']],
    ["$.books[?@.price >= 8.99 && @.category == 'fiction'].title", ['Sword', 'Moby', 'Lord']],
    ["$.books[?@.author == 'Nigel' || @.author == 'Herman'].title", ['Sayings', 'Moby']],
    ['$.books[?!(@.price < 10 || @.price > 20)].title', ['Sword']],
    ['$.books[?@.price == $.books[0].price].title', ['Sayings']],
    ['$.books[?@.missing == $.alsoMissing].title', ['Sayings', 'Sword', 'Moby', 'Lord']],
    ['$.books[?@.missing == null]', undefined],
    ['$[?length(@) == 4][0].title', ['Sayings']],
    ['$[?count(@.*) == 2].color', ['red']],
    ['$.books[?length(@.title) < 5].title', ['Moby', 'Lord']],
    ["$.books[?value(@..isbn) == '0-395'].title", ['Lord']],
    ['$.books[?@.price != 8.95 && @.isbn][?@ == 8.99]', [8.99]],
    ['$..[?@.price > 100].color', ['red']],
    ["$.books[?match(@.title, 'S.*s')].title", ['Sayings']],
    ["$.books[?!search(@.title, '[oy]')].title", undefined],
    ["$.books[?search(@.title, 'or') && !match(@.title, 'Sw.*')].title", ['Lord']],
    ["$.books[?match(@.price, '8.*')].title", undefined],
    ["$.books[?match(@.title, '(')].title", undefined],
    ['$.books[?match(@.title, $.books[2].title)].title', ['Moby']],
    ["$.books[?@ == true || @.category < 'g'].title", ['Sword', 'Moby', 'Lord']],
  ])('names any number of nodes: %s', (path, expected) => {
    expect(compileJsonPath(path)(store)).toEqual(expected);
  });

  it.each([
    ['$.', 2],
    ['$.a-b', 3],
    ['$x', 1],
    ['$.@_nr', 2],
    ['$[', 2],
    ['$[01]', 2],
    ['$[-0]', 2],
    ['$[9007199254740992]', 2],
    ["$['a]", 5],
    ["$['\\x']", 5],
    ['$["\\uD800"]', 10],
    ['$.a[?@.b = 1]', 9],
    ["$[?match(@.a, 'x') == true]", 19],
    ['$[?length(match(@.a, @.b))]', 15],
    ['$[?match(@.a)]', 12],
    ['$[?@.* == 1]', 11],
    ['$[?!@.a == 1]', 10],
    ['$[?1]', 4],
    ['$.a ', 3],
    [`$[?${'('.repeat(100)}@.a${')'.repeat(100)}]`, 36],
  ])('refuses %s', (path, position) => {
    const compile = () => compileJsonPath(path);
    expect(compile).toThrow(JsonPathSyntaxError);
    expect(compile).toThrow(expect.objectContaining({ position }));
  });

  it('counts positions in the configured text', () => {
    expect(() => compileJsonPath('$$.a..', 2)).toThrow(expect.objectContaining({ position: 6 }));
  });

  it('gives up on paths that multiply their nodes', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 60; level += 1) deep = [deep];
    expect(() => compileJsonPath('$..*..*..*..*..*')(deep)).toThrow(JsonPathLimitError);
    expect(compileJsonPath('$..*..*')(deep)).toHaveLength((60 * 59) / 2);
    expect(() => compileJsonPath(`$${'[0,0]'.repeat(40)}`)(deep)).toThrow(JsonPathLimitError);
  });

  it('agrees with a naive evaluation and changes nothing', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom(null, 1, 'x', true),
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(name, tie('json'), { maxKeys: 3 }),
      ),
    }));
    const bound = fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined });
    const selector = fc.oneof(
      fc.record({ kind: fc.constant('name' as const), name }),
      fc.record({ kind: fc.constant('index' as const), index: fc.integer({ min: -4, max: 4 }) }),
      fc.constant({ kind: 'wildcard' as const }),
      fc.record({
        kind: fc.constant('slice' as const),
        start: bound,
        end: bound,
        step: fc.integer({ min: -3, max: 3 }),
      }),
    );
    const segment = fc.record({
      descendant: fc.boolean(),
      selectors: fc.array(selector, { minLength: 1, maxLength: 2 }),
    });
    fc.assert(
      fc.property(json, fc.array(segment, { maxLength: 4 }), (document, segments) => {
        const before = JSON.stringify(document);
        const { path, nodes } = selectPlainly(document, segments);
        const singular = segments.every(
          ({ descendant, selectors: [first, second] }) =>
            !descendant && !second && (first?.kind === 'name' || first?.kind === 'index'),
        );
        const expected = singular ? nodes[0] : nodes.length === 0 ? undefined : nodes;
        expect(compileJsonPath(path)(document), path).toEqual(expected);
        expect(JSON.stringify(document)).toBe(before);
      }),
      { numRuns: 2_000 },
    );
  });
});
