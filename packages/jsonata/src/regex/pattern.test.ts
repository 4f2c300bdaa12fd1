import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NeedsCage } from '../syntax/needs-cage.ts';
import { Pattern } from './pattern.ts';

const ATOMS = [
  'a',
  'b',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '\\S',
  '[ab]',
  '[^a]',
  '[a-c]',
  '[\\s\\d]',
  '\\.',
  '\\/',
  '\\-',
  '-',
  '}',
  '{',
  ']',
];
const QUANTIFIERS = ['', '', '', '*', '+', '?', '{2}', '{1,}', '{0,2}', '*?', '+?'];

const patterns: fc.Arbitrary<string> = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small' },
    fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}|${b}`),
  ),
  piece: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(fc.constantFrom(...ATOMS), fc.constantFrom(...QUANTIFIERS)).map(([atom, times]) => atom + times),
    fc.constantFrom('^', '$', '\\b', '\\B', '\\x41', '\\u0062', '\\t'),
    tie('pattern').map((inner) => `(${inner})`),
    fc.tuple(tie('pattern'), fc.constantFrom(...QUANTIFIERS)).map(([inner, times]) => `(?:${inner})${times}`),
  ),
})).pattern;

const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'A', '1', ' ', '.', '-', '\n', '\u2028', 'ä', '/', '{', '}', ']'),
  maxLength: 12,
});

function linear(pattern: RegExp): Pattern | undefined {
  try {
    return new Pattern(pattern);
  } catch (error) {
    if (error instanceof NeedsCage) return undefined;
    throw error;
  }
}

function native(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

describe('the linear-time engine', () => {
  it('finds what the built-in one finds', () => {
    fc.assert(
      fc.property(patterns, fc.constantFrom('g', 'gi'), texts, fc.nat(3), (source, flags, text, from) => {
        const reference = native(source, flags);
        fc.pre(reference !== undefined && from <= text.length);
        const pattern = linear(reference);
        fc.pre(pattern !== undefined);
        reference.lastIndex = from;
        const expected = reference.exec(text);
        const found = pattern.matchAt(text, from);
        expect(found && [found.start, found.end, found.text, ...found.groups]).toEqual(
          expected ? [expected.index, expected.index + expected[0].length, ...expected] : undefined,
        );
      }),
      { seed: 7, numRuns: 5_000, maxSkipsPerRun: 100 },
    );
  });

  it.each([
    'a(?=b)',
    'a(?!b)',
    '(?<=a)b',
    '(a)\\1',
    '(?<n>a)',
    '(a)+',
    '((a)|b)*',
    '[]',
    '[^]',
    '\\p{L}',
    '\\cA',
    '😀',
  ])('leaves %s to others', (source) => {
    expect(linear(new RegExp(source, 'g'))).toBeUndefined();
  });
});
