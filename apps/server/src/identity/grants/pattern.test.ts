import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from './pattern.ts';

describe('patterns of grants', () => {
  it.each([
    ['*', 'anything:at:all', true],
    ['*', '', true],
    ['entity:*', 'entity:attribute:view', true],
    ['entity:*', 'entity', false],
    ['entity:view', 'entity:view', true],
    ['entity:view', 'Entity:view', false],
    ['*:view', 'entity:attribute:view', true],
    ['*:view', 'view', false],
    ['contract:*:iban', 'contract:Payment Details:iban', true],
    ['a*a', 'a', false],
    ['a*b*b', 'ab', false],
    ['a*b*b', 'abb', true],
    ['a.c', 'abc', false],
    ['', 'a', false],
  ])('%s and %s: %s', (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it('agrees with a regular expression on every pattern', () => {
    const letters = fc
      .array(fc.constantFrom('a', 'b', ':', '*'), { maxLength: 8 })
      .map((list) => list.join(''));
    const texts = fc.array(fc.constantFrom('a', 'b', ':'), { maxLength: 10 }).map((list) => list.join(''));
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const oracle = new RegExp(`^${pattern.split('*').join('.*')}$`, 's');
        expect(matchesPattern(pattern, text)).toBe(oracle.test(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
