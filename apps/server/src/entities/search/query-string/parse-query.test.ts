import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL, allOf, anyOf, type Condition, notOf, type PatternPiece, type SearchTree } from '../tree.ts';
import { parseQuery } from './parse-query.ts';
import { QuerySyntaxError } from './query-syntax-error.ts';

const word = (text: string, field?: string): SearchTree => ({
  kind: 'words',
  ...(field ? { field } : {}),
  text,
});

describe('reading query strings', () => {
  it('reads words, phrases and fields', () => {
    expect(parseQuery('jane')).toEqual(word('jane'));
    expect(parseQuery('"jane doe"')).toEqual(word('jane doe'));
    expect(parseQuery('email.email:"a@b.de"')).toEqual(word('a@b.de', 'email.email'));
    expect(parseQuery('status: active')).toEqual(word('active', 'status'));
    expect(parseQuery('  ')).toEqual(ALL);
    expect(parseQuery('*')).toEqual(ALL);
    expect(parseQuery('*:*')).toEqual(ALL);
  });

  it('binds NOT tighter than AND and AND tighter than OR; a blank is OR', () => {
    const [a, b, c] = [word('a'), word('b'), word('c')];
    expect(parseQuery('a b')).toEqual(anyOf([a, b]));
    expect(parseQuery('a AND b OR c')).toEqual(anyOf([allOf([a, b]), c]));
    expect(parseQuery('a || b && c')).toEqual(anyOf([a, allOf([b, c])]));
    expect(parseQuery('a OR NOT b AND c')).toEqual(anyOf([a, allOf([notOf(b), c])]));
    expect(parseQuery('a b', { defaultOperator: 'AND' })).toEqual(allOf([a, b]));
    expect(parseQuery('(a OR b) AND !c')).toEqual(allOf([anyOf([a, b]), notOf(c)]));
  });

  it('requires with + and prohibits with -', () => {
    const [a, b, c] = [word('a'), word('b'), word('c')];
    expect(parseQuery('+a b -c')).toEqual(allOf([a, notOf(c)]));
    expect(parseQuery('a b -c')).toEqual(allOf([anyOf([a, b]), notOf(c)]));
    expect(parseQuery('a NOT c')).toEqual(allOf([a, notOf(c)]));
    expect(parseQuery('-a')).toEqual(notOf(a));
  });

  it('hands the field of a group to its terms', () => {
    expect(parseQuery('tag:(a OR "b c")')).toEqual(anyOf([word('a', 'tag'), word('b c', 'tag')]));
  });

  it('reads wildcards, existence, ranges and comparisons', () => {
    expect(parseQuery('name:m?s*')).toEqual({
      kind: 'pattern',
      field: 'name',
      pieces: [{ literal: 'm' }, { wildcard: 'one' }, { literal: 's' }, { wildcard: 'many' }],
    });
    expect(parseQuery('name:*')).toEqual({ kind: 'exists', field: 'name' });
    expect(parseQuery('_exists_:a.b')).toEqual({ kind: 'exists', field: 'a.b' });
    expect(parseQuery('n:[1 TO 5}')).toEqual({
      kind: 'range',
      field: 'n',
      from: { value: '1', inclusive: true },
      to: { value: '5', inclusive: false },
    });
    expect(parseQuery('n:{* TO "2024-01-01T10:00Z"]')).toEqual({
      kind: 'range',
      field: 'n',
      to: { value: '2024-01-01T10:00Z', inclusive: true },
    });
    expect(parseQuery('n:>=-5')).toEqual({
      kind: 'range',
      field: 'n',
      from: { value: '-5', inclusive: true },
    });
  });

  it('reads escapes, fuzziness and boosts', () => {
    expect(parseQuery('a\\:b\\*')).toEqual(word('a:b*'));
    expect(parseQuery('"say \\"hi\\""')).toEqual(word('say "hi"'));
    expect(parseQuery('jane~1^2 doe~')).toEqual(anyOf([word('jane'), word('doe')]));
    expect(() => parseQuery('jane~', { refuseFuzzy: true })).toThrow(QuerySyntaxError);
  });

  it('looks words without a field up in the given fields', () => {
    expect(parseQuery('a', { fields: ['x', 'y'] })).toEqual(anyOf([word('a', 'x'), word('a', 'y')]));
  });

  it.each([
    ['(a', 2],
    ['a)', 1],
    ['a AND', 5],
    ['OR a', 0],
    ['"a', 0],
    ['/a+/', 0],
    ['name:/a+/', 5],
    ['a:b:c', 3],
    ['()', 1],
    ['a:', 2],
    ['n:[1 5]', 5],
    ['n:[1 TO 5', 9],
    ['[1 TO 5]', 0],
    ['a\\', 2],
    ['a^', 1],
    ['na*e:x', 0],
    ['NOT', 3],
  ])('refuses %s', (query, position) => {
    const failure = catchError(() => parseQuery(query));
    expect(failure).toBeInstanceOf(QuerySyntaxError);
    expect(failure).toMatchObject({ position });
  });

  it('refuses what is too long, too deep, too much or no text', () => {
    expect(() => parseQuery('a'.repeat(10_001))).toThrow(QuerySyntaxError);
    expect(() => parseQuery('('.repeat(5_000))).toThrow(/levels/);
    expect(() => parseQuery('a '.repeat(501))).toThrow(/clauses/);
    expect(() => parseQuery('a\0')).toThrow(QuerySyntaxError);
    expect(() => parseQuery('\ud800')).toThrow(QuerySyntaxError);
    expect(() => parseQuery('*?'.repeat(6))).toThrow(/wildcards/);
  });

  it('reads back what a tree is printed as', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        expect(parseQuery(print(tree))).toEqual(tree);
      }),
    );
  });

  it('throws nothing but QuerySyntaxError', () => {
    const soup = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '(',
            ')',
            '"',
            ':',
            '[',
            ']',
            '{',
            '}',
            '~',
            '^',
            '+',
            '-',
            '!',
            '&&',
            '||',
            ' AND ',
            ' OR ',
          ),
          fc.constantFrom(' NOT ', ' TO ', '*', '?', '\\', '/', '>', '<', '=', ' ', '_exists_:'),
          fc.string({ unit: 'binary', maxLength: 4 }),
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(soup, (query) => {
        const failure = catchError(() => parseQuery(query));
        expect(failure === undefined || failure instanceof QuerySyntaxError).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

function catchError(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

const texts = fc.stringMatching(/^[a-z0-9ä:"*?()\\ /+-]{1,8}$/);
const fields = fc.constantFrom('name', 'email.email', 'a.b.c', '_tags');
const pieces: fc.Arbitrary<PatternPiece[]> = fc
  .tuple(texts, fc.constantFrom<'many' | 'one'>('many', 'one'))
  .map(([literal, wildcard]) => [{ literal }, { wildcard }]);
const bounds = fc.record({ value: texts, inclusive: fc.boolean() });
const conditions: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('words' as const), text: texts }),
  fc.record({ kind: fc.constant('words' as const), field: fields, text: texts }),
  fc.record({ kind: fc.constant('pattern' as const), field: fields, pieces }),
  fc.record({ kind: fc.constant('exists' as const), field: fields }),
  fc.record({ kind: fc.constant('range' as const), field: fields, from: bounds, to: bounds }),
);
const trees: fc.Arbitrary<SearchTree> = fc.letrec<{ tree: SearchTree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    conditions,
    fc
      .tuple(
        fc.constantFrom<'and' | 'or'>('and', 'or'),
        fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      )
      .map(([kind, clauses]): SearchTree => ({ kind, clauses })),
    tie('tree').map((clause): SearchTree => ({ kind: 'not', clause })),
  ),
})).tree;

function print(tree: SearchTree): string {
  switch (tree.kind) {
    case 'and':
      return `(${tree.clauses.map(print).join(' AND ')})`;
    case 'or':
      return `(${tree.clauses.map(print).join(' OR ')})`;
    case 'not':
      return `(NOT ${print(tree.clause)})`;
    case 'words':
      return `${tree.field ? `${tree.field}:` : ''}${quote(tree.text)}`;
    case 'exists':
      return `_exists_:${tree.field}`;
    case 'range': {
      const open = tree.from?.inclusive === false ? '{' : '[';
      const close = tree.to?.inclusive === false ? '}' : ']';
      return `${tree.field}:${open}${quote(String(tree.from?.value))} TO ${quote(String(tree.to?.value))}${close}`;
    }
    case 'pattern':
      return `${tree.field}:${tree.pieces.map(printPiece).join('')}`;
    default:
      throw new Error(`${tree.kind} has no written form`);
  }
}

function printPiece(piece: PatternPiece): string {
  if ('wildcard' in piece) return piece.wildcard === 'many' ? '*' : '?';
  return [...piece.literal].map((character) => `\\${character}`).join('');
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
