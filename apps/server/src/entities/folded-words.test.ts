import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCENTED, beginsLike, UNACCENTED, wordForms } from './folded-words.ts';

describe('words without accents', () => {
  it.each([
    ['müller', ['muller', 'mueller']],
    ['straße', ['strasse']],
    ['rene\u0301', ['rene']],
    ['übergröße', ['ubergrosse', 'uebergroesse']],
    ['łódź', ['lodz']],
    ['smith', ['smith']],
    ['東京', ['東京']],
  ])('%s is %j', (word, forms) => {
    expect(wordForms(word)).toEqual(forms);
  });

  it('are translated letter by letter', () => {
    expect([...ACCENTED]).toHaveLength([...UNACCENTED].length);
    expect(UNACCENTED).toMatch(/^[a-z]+$/);
  });

  it('begin like what they begin with, however either is written', () => {
    for (const [word, beginning] of [
      ['Müller', 'mull'],
      ['Müller', 'MUELL'],
      ['Mueller', 'müll'],
      ['STRASSE', 'straß'],
      ['Straße', 'Strasse'],
    ] as const)
      expect([word, beginning, beginsLike(word, beginning)]).toEqual([word, beginning, true]);
    expect(beginsLike('Miller', 'müll')).toBe(false);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (word) => {
        expect(beginsLike(word, word)).toBe(true);
      }),
    );
  });
});
