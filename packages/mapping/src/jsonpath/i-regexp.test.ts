import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileIRegexp } from './i-regexp.ts';
import { JsonPathLimitError } from './json-path-error.ts';
import { NodeBudget } from './node-budget.ts';

function matches(pattern: string, text: string, whole = true): boolean | undefined {
  return compileIRegexp(pattern)?.(text, whole, new NodeBudget());
}

describe('compileIRegexp (RFC 9485)', () => {
  it.each([
    ['a.c', 'abc', true],
    ['a.c', 'a\nc', false],
    ['a|bc|', 'bc', true],
    ['a|bc|', '', true],
    ['(ab)+', 'ababab', true],
    ['(a*)*', 'aaa', true],
    ['a{2}', 'aaa', false],
    ['a{2,}', 'aaaaa', true],
    ['a{0,2}b', 'aab', true],
    ['a{0,2}b', 'aaab', false],
    ['[a-c-]+', 'a-c', true],
    ['[^a-c]', 'b', false],
    ['[-x]', '-', true],
    ['[\\]\\\\]+', ']\\', true],
    ['\\p{Lu}\\P{L}', 'Ä1', true],
    ['[\\p{Nd}x]+', '1x٣', true],
    ['\\.\\t', '.\t', true],
    ['.', '😀', true],
    ['^a$', '^a$', true],
  ])('%s on %j is %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it.each([
    '(',
    ')',
    '*',
    'a**',
    'a{',
    'a{2',
    'a{3,2}',
    '[',
    '[]',
    '[b-a]',
    '[a-c-e]',
    '\\d',
    '\\',
    '\\p{X}',
    '\\p{L',
    ']',
    '}',
    'a{9999999}',
    '('.repeat(70) + ')'.repeat(70),
    'a{2001}',
  ])('%s is none', (pattern) => {
    expect(matches(pattern, 'a')).toBeUndefined();
  });

  it('needs work in proportion to the text, also for patterns that make others backtrack', () => {
    expect(matches('(a+)+$', `${'a'.repeat(20_000)}b`)).toBe(false);
    const wide = compileIRegexp('a{400}b');
    expect(() => wide?.('a'.repeat(20_000), false, new NodeBudget())).toThrow(JsonPathLimitError);
  });

  it('agrees with the engine of the platform on what both understand', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '(a*b)', '\\p{Ll}');
    const piece = fc
      .tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{1,}'))
      .map((parts) => parts.join(''));
    const branch = fc.array(piece, { maxLength: 4 }).map((parts) => parts.join(''));
    const pattern = fc.array(branch, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|'));
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 8 }),
        (source, text) => {
          expect(matches(source, text)).toBe(new RegExp(`^(?:${source})$`, 'u').test(text));
          expect(matches(source, text, false)).toBe(new RegExp(source, 'u').test(text));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
