/** Marks words of the index without accents: no search sees them but those that fold what they look for. */
export const FOLDED_PREFIX = '~^';

const LETTERS = accentedLetters();
/** What SQL's `translate` needs to do as `folded` does: accented letters, and at the same places the letters without. */
export const ACCENTED: string = LETTERS.map(([letter]) => letter).join('');
export const UNACCENTED: string = LETTERS.map(([, base]) => base).join('');
/** Letters that fold to two. Umlauts do so only where they are written out. */
export const DOUBLE_LETTERS: readonly (readonly [string, string])[] = [
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
];
export const UMLAUTS: readonly (readonly [string, string])[] = [
  ['ä', 'ae'],
  ['ö', 'oe'],
  ['ü', 'ue'],
];

const BASES: ReadonlyMap<string, string> = new Map([...LETTERS, ...DOUBLE_LETTERS]);
const WRITTEN_OUT: ReadonlyMap<string, string> = new Map(UMLAUTS);

/**
 * The ways to write a word (lower case) without accents, each once: `müller` is `muller` and `mueller`, `straße` is `strasse`, `rené` is `rene`.
 * A word without accents is itself alone.
 */
export function wordForms(word: string): string[] {
  const composed = word.normalize('NFC');
  const writtenOut = [...composed].map((letter) => WRITTEN_OUT.get(letter) ?? letter).join('');
  return [...new Set([folded(composed), folded(writtenOut)])];
}

/** Whether a word begins like another one, whatever their cases and accents. */
export function beginsLike(word: string, beginning: string): boolean {
  const wanted = wordForms(beginning.toLowerCase());
  return wordForms(word.toLowerCase()).some((form) => wanted.some((start) => form.startsWith(start)));
}

function folded(word: string): string {
  return [...word.replace(/[\u0300-\u036f]/g, '')].map((letter) => BASES.get(letter) ?? letter).join('');
}

/** Lower-case letters of the Latin blocks that are an ASCII letter with marks, and a few that Unicode does not take apart. */
function accentedLetters(): [string, string][] {
  const letters: [string, string][] = [
    ['ø', 'o'],
    ['ł', 'l'],
    ['đ', 'd'],
    ['ð', 'd'],
    ['ħ', 'h'],
    ['ı', 'i'],
  ];
  for (const [first, last] of [
    [0xc0, 0x24f],
    [0x1e00, 0x1eff],
  ] as const) {
    for (let code = first; code <= last; code += 1) {
      const letter = String.fromCodePoint(code);
      const base = letter.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
      if (letter === letter.toLowerCase() && /^[a-z]$/.test(base)) letters.push([letter, base]);
    }
  }
  return letters;
}
