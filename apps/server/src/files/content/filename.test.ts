import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentDisposition, filenameProblem } from './filename.ts';

describe('a file name', () => {
  it.each(['Rechnung März.pdf', 'a.b.c', '.env', '日本.pdf', "it's 100% (final).pdf"])(
    'may be %s',
    (name) => {
      expect(filenameProblem(name)).toBeUndefined();
    },
  );

  it.each(['', '  ', '.', '..', 'a/b', 'a\\b', 'a\nb', 'a\u0000', 'a\ud800', 'x'.repeat(256)])(
    'may not be %j',
    (name) => {
      expect(filenameProblem(name)).toBeDefined();
    },
  );

  it('makes a header of plain characters that clients can read back', () => {
    const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(names, (name) => {
        fc.pre(filenameProblem(name) === undefined);
        const header = contentDisposition('attachment', name);
        expect(header).toMatch(
          /^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]*"; filename\*=UTF-8''[\w.~!#$&+^`|%-]*$/,
        );
        expect(decodeURIComponent(header.split("UTF-8''")[1] ?? '')).toBe(name);
      }),
    );
  });
});
