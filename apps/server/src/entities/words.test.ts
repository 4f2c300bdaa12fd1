import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entityWords, splitWords } from './words.ts';

const schema = { isSearchable: (member: string) => member === 'name' || member === 'number' };

describe('words', () => {
  it('are lower-cased runs of letters and digits', () => {
    expect(splitWords('Straße-12 ÄÖÜ c_1')).toEqual(['straße', '12', 'äöü', 'c', '1']);
  });

  it('are there without their accents too, marked', () => {
    const words = entityWords(schema, '', { name: 'Müller Straße René', secret: 'Öl' });
    expect(words.sort()).toEqual(
      [
        ...['müller', '~^muller', '~^mueller', 'straße', '~^strasse', 'rené', '~^rene'],
        ...['~öl', '~^ol', '~^oel'],
      ].sort(),
    );
  });

  it('are cut at 100 characters without breaking one', () => {
    const [word = ''] = splitWords('𝒜'.repeat(150));
    expect([...word]).toHaveLength(100);
    expect(word.isWellFormed()).toBe(true);
  });

  it('of unknown attributes and platform members are hidden behind ~', () => {
    const words = entityWords(schema, 'Title', {
      name: 'Mia',
      secret: 'Hush',
      _tags: ['VIP'],
      _manifest: ['m1'],
    });
    expect(words.sort()).toEqual(['title', 'mia', '~hush', 'vip', '~m1'].sort());
  });

  it('leave relations and parked changes out', () => {
    const words = entityWords(schema, '', {
      name: { $relation: [{ entity_id: 'abc' }] },
      _changesets: { name: { proposed_value: 'later' } },
    });
    expect(words).toEqual([]);
  });

  it('keep short identifiers even behind more text than fits', () => {
    const text = Array.from({ length: 12_000 }, (_, index) => `w${index}`).join(' ');
    const words = entityWords(schema, '', { aaa: text, number: 'C-77' });
    expect(words).toContain('77');
    expect(words.length).toBeLessThanOrEqual(10_000);
  });

  it('of any text are words again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const word of splitWords(text)) expect(splitWords(word)).toEqual([word]);
      }),
    );
  });
});
