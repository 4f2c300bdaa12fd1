import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalValue } from './identifier-value.ts';

describe('values of identifiers', () => {
  it.each([
    ['+49 221 123-456', '49221123456'],
    ['0049 (0)221 123456', '49221123456'],
    ['0221/123456', '49221123456'],
    ['+43 1 2345', '4312345'],
    ['', ''],
  ])('phone %s is %s', (shown, normal) => {
    expect(normalValue(shown, 'phone')).toBe(normal);
  });

  it.each([
    ['1.234', '1234'],
    ['1.234,50', '1234.5'],
    ['1,234', '1.234'],
    ['0012', '12'],
    ['12 345', '12345'],
    ['A-12', 'a-12'],
  ])('number %s is %s', (shown, normal) => {
    expect(normalValue(shown, 'number')).toBe(normal);
  });

  it('ignores case and space around texts, and is stable', () => {
    expect(normalValue('  Harms ', 'text')).toBe('harms');
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('text' as const, 'phone' as const), (text, comparison) => {
        const once = normalValue(text, comparison);
        expect(normalValue(comparison === 'phone' && once ? `+${once}` : once, comparison)).toBe(once);
      }),
    );
  });
});
