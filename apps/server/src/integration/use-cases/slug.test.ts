import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSlug } from './slug.ts';

describe('a derived slug', () => {
  it.each([
    ['Customer Sync', 'customer-sync'],
    ['  Ärger & Öl / Süß ', 'aerger-oel-suess'],
    ['Crème brûlée', 'creme-brulee'],
    ['???', 'use-case'],
    ['_internal', 'internal'],
  ])('of %j is %j', (name, slug) => {
    expect(deriveSlug(name, new Set())).toBe(slug);
  });

  it('is valid and free, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'grapheme' }), fc.nat(3), (name, collisions) => {
        const taken = new Set<string>();
        for (let n = 0; n <= collisions; n += 1) {
          const slug = deriveSlug(name, taken);
          expect(slug).toMatch(/^[a-z0-9][a-z0-9_-]{0,254}$/);
          expect(taken.has(slug)).toBe(false);
          taken.add(slug);
        }
      }),
    );
  });
});
