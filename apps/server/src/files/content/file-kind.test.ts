import { describe, expect, it } from 'vitest';
import { contradictsName, extensionOf, fileTypeOf, readableSize } from './file-kind.ts';
import { sniff } from './sniff.ts';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('the first bytes of a file', () => {
  it.each([
    ['%PDF-1.7', 'application/pdf'],
    ['\u0089PNG\r\n\u001a\n', 'image/png'],
    ['\u00ff\u00d8\u00ff\u00e0', 'image/jpeg'],
    ['RIFF....WEBPVP8 ', 'image/webp'],
    ['\0\0\0\u0018ftypheic', 'image/heic'],
    ['\0\0\0\u0018ftypisom', 'video/mp4'],
    ['PK\u0003\u0004', 'application/zip'],
    ['MZ\u0090', 'application/x-msdownload'],
    ['Guten Tag', undefined],
    ['', undefined],
    ['%PD', undefined],
  ])('%j tell %s', (head, type) => {
    expect(sniff(bytes(head))).toBe(type);
  });
});

describe('a name', () => {
  it.each([
    ['a.pdf', '%PDF-1.4', false],
    ['a.PDF', 'hello', true],
    ['a.docx', 'PK\u0003\u0004', false],
    ['a.docx', '%PDF-1.4', true],
    ['a.txt', 'hello', false],
    ['a.csv', 'PK\u0003\u0004', true],
    ['a.svg', 'MZ', true],
    ['a.xyz', 'MZ', true],
    ['a.xyz', '%PDF-1.4', false],
    ['setup.exe', 'MZ', false],
    ['README', 'hello', false],
  ])('%s of bytes %j: contradiction %s', (filename, head, expected) => {
    expect(contradictsName(filename, sniff(bytes(head)))).toBe(expected);
  });

  it('tells the type, else the media type does', () => {
    expect(['a.pdf', 'a.XLSX', 'a.jpeg', 'a.tar.gz'].map((name) => fileTypeOf(name, ''))).toEqual([
      'document',
      'spreadsheet',
      'image',
      'archive',
    ]);
    expect(
      ['image/x-raw', 'application/pdf', 'application/x-foo', 'application/octet-stream', 'nonsense'].map(
        (type) => fileTypeOf('a', type),
      ),
    ).toEqual(['image', 'document', 'application', 'unknown', 'unknown']);
    expect(['a.tar.GZ', 'none', 'x/y.z/none', '.env'].map(extensionOf)).toEqual(['gz', '', '', 'env']);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_234_567, '1.2 MB'],
    [2e12, '2000.0 GB'],
  ])('%i bytes are %s', (size, text) => {
    expect(readableSize(size)).toBe(text);
  });
});
