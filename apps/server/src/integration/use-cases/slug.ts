const LONGEST = 255;
const GERMAN: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' };

/**
 * Derives a slug from a name that is not among `taken`: lower case, umlauts spelled out, marks stripped, other characters as single dashes,
 * with `-2`, `-3` … on collision (erp-integration.md 1.3). A name without any letter or digit becomes `use-case`.
 */
export function deriveSlug(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .toLowerCase()
    .replace(/[äöüß]/g, (letter) => GERMAN[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+|-+$/g, '');
  const base = plain.slice(0, LONGEST).replace(/-+$/, '') || 'use-case';
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const slug = base.slice(0, LONGEST - suffix.length) + suffix;
    if (!taken.has(slug)) return slug;
  }
}
