import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecretBox } from '../../ports/index.ts';
import { LINK_MILLISECONDS, signCustomDownloadUrl, verifySignature } from './custom-download-url.ts';

const NOW = new Date('2026-03-01T10:00:00.000Z');
const key = (fill: number, id: string) => ({ id, bytes: new Uint8Array(32).fill(fill) });
const secrets = createSecretBox([key(1, '0000000000000001')]);

const parameters = fc.array(
  fc
    .tuple(fc.string({ minLength: 1 }), fc.string())
    .filter(([name]) => !['signature', 'expires_at'].includes(name)),
  { maxLength: 5 },
);
const signed = (list: readonly [string, string][]) => {
  const url = new URL('https://archive.example/get');
  for (const [name, value] of list) url.searchParams.append(name, value);
  return new URL(signCustomDownloadUrl(secrets, '739224', url.href, NOW));
};
const verify = (url: URL | string, now = NOW) => verifySignature(secrets, '739224', String(url), now);

describe('a signed address', () => {
  it('verifies in any order of its names, until it expires, for its organisation', () => {
    fc.assert(
      fc.property(parameters, fc.infiniteStream(fc.nat()), (list, order) => {
        const url = signed(list);
        const names = [...new Set(url.searchParams.keys())];
        const ranks = new Map(names.map((name) => [name, order.next().value]));
        const shuffled = names.sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
        const other = new URL(`${url.origin}${url.pathname}`);
        for (const name of shuffled)
          for (const value of url.searchParams.getAll(name)) other.searchParams.append(name, value);
        expect([verify(url), verify(other)]).toEqual([true, true]);
        expect(verify(other, new Date(NOW.getTime() + LINK_MILLISECONDS - 1))).toBe(true);
        expect(verify(other, new Date(NOW.getTime() + LINK_MILLISECONDS))).toBe(false);
        expect(verifySignature(secrets, '739225', url.href, NOW)).toBe(false);
      }),
    );
  });

  it('does not verify when anything is added, changed or missing', () => {
    fc.assert(
      fc.property(parameters, fc.string({ minLength: 1 }), fc.string(), (list, name, value) => {
        const url = signed(list);
        const before = url.href;
        url.searchParams.append(name, value);
        expect(verify(url)).toBe(false);
        for (const present of new URL(before).searchParams.keys()) {
          const less = new URL(before);
          less.searchParams.delete(present);
          expect(verify(less)).toBe(false);
        }
        expect(verify(before.replace('/get', '/got'))).toBe(false);
        expect(verify(before.replace('https:', 'http:'))).toBe(false);
      }),
    );
  });

  it('outlives a new master key', () => {
    const url = signed([['file_id', '1']]);
    const rotated = createSecretBox([key(2, '0000000000000002'), key(1, '0000000000000001')]);
    expect(verifySignature(rotated, '739224', url.href, NOW)).toBe(true);
    expect(verifySignature(createSecretBox([key(2, '0000000000000002')]), '739224', url.href, NOW)).toBe(
      false,
    );
  });
});
