import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sniff } from '../../../files/index.ts';
import { blankGps } from './blank-gps.ts';
import { forgetLocation } from './forget-location.ts';

const SECRET = 'N 53 14 22.7';

/** An EXIF block with the orientation 6 and, behind it, a GPS directory with one long text. */
function exifBlock(little: boolean): Buffer {
  const block = Buffer.alloc(80);
  const u16 = (value: number, at: number) =>
    little ? block.writeUInt16LE(value, at) : block.writeUInt16BE(value, at);
  const u32 = (value: number, at: number) =>
    little ? block.writeUInt32LE(value, at) : block.writeUInt32BE(value, at);
  block.write(little ? 'II' : 'MM', 0, 'latin1');
  u16(42, 2);
  u32(8, 4);
  u16(2, 8);
  for (const [at, tag, type, count] of [
    [10, 0x0112, 3, 1],
    [22, 0x8825, 4, 1],
    [40, 0x0002, 2, SECRET.length],
  ] as const) {
    u16(tag, at);
    u16(type, at + 2);
    u32(count, at + 4);
  }
  u16(6, 18);
  u32(38, 30);
  u16(1, 38);
  u32(60, 48);
  block.write(SECRET, 60, 'latin1');
  return block;
}

const segment = (marker: number, data: Buffer) =>
  Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]), data]);

function jpeg(...segments: readonly Buffer[]): Buffer {
  const scan = Buffer.from([0xff, 0xda, 0, 4, 1, 2, 3, 0xff, 0xd9]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...segments, scan]);
}

function pngChunk(kind: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(kind, 'latin1'), data, Buffer.alloc(4)]);
}

function riffChunk(kind: string, data: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(kind, 'latin1'), size, data, Buffer.alloc(data.length % 2)]);
}

describe.each([true, false])('an EXIF block (little endian: %s)', (little) => {
  it('loses its GPS directory and keeps the rest where it is', () => {
    const clean = Buffer.from(blankGps(exifBlock(little)));
    expect(clean.includes(SECRET)).toBe(false);
    expect(clean.subarray(0, 38)).toEqual(exifBlock(little).subarray(0, 38));
    expect(clean.subarray(38).every((byte) => byte === 0)).toBe(true);
  });
});

describe('pictures', () => {
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exifBlock(true)]);
  const xmp = Buffer.from(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>${SECRET}</x:xmpmeta>`, 'latin1');

  it('in JPEG keep orientation, tables and scan', () => {
    const quantisation = segment(0xdb, Buffer.from([1, 2, 3]));
    const clean = Buffer.from(
      forgetLocation(jpeg(segment(0xe1, exif), segment(0xe1, xmp), quantisation), 'image/jpeg'),
    );
    expect(clean.includes(SECRET)).toBe(false);
    const blanked = Buffer.concat([exif.subarray(0, 6), blankGps(exifBlock(true))]);
    expect(clean).toEqual(jpeg(segment(0xe1, blanked), quantisation));
  });

  it('in PNG lose their metadata chunks', () => {
    const header = Buffer.from([0x89, ...Buffer.from('PNG\r\n'), 0x1a, 0x0a]);
    const body = [
      pngChunk('IHDR', Buffer.alloc(13)),
      pngChunk('IDAT', Buffer.from('pixels')),
      pngChunk('IEND', Buffer.alloc(0)),
    ];
    const [first = header, ...rest] = body;
    const image = Buffer.concat([
      header,
      first,
      pngChunk('eXIf', exifBlock(false)),
      pngChunk('iTXt', xmp),
      ...rest,
    ]);
    expect(Buffer.from(forgetLocation(image, 'image/png'))).toEqual(Buffer.concat([header, ...body]));
  });

  it('in WebP lose their metadata chunks, and say so at the front', () => {
    const wrap = (...chunks: readonly Buffer[]) => {
      const whole = Buffer.concat([Buffer.from('RIFF____WEBP', 'latin1'), ...chunks]);
      whole.writeUInt32LE(whole.length - 8, 4);
      return whole;
    };
    const extended = (flags: number) => riffChunk('VP8X', Buffer.from([flags, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    const pixels = riffChunk('VP8 ', Buffer.from('pixel'));
    const image = wrap(extended(0x1c), pixels, riffChunk('EXIF', exif), riffChunk('XMP ', xmp));
    expect(Buffer.from(forgetLocation(image, 'image/webp'))).toEqual(wrap(extended(0x10), pixels));
  });

  it('in HEIC keep every byte in its place', () => {
    const image = Buffer.concat([
      Buffer.from('\0\0\0\x18ftypheic____mif1heic', 'latin1'),
      exif,
      xmp,
      Buffer.from('pixels'),
    ]);
    const clean = Buffer.from(forgetLocation(image, 'image/heic'));
    expect([clean.length, clean.includes(SECRET), clean.subarray(-6).toString()]).toEqual([
      image.length,
      false,
      'pixels',
    ]);
    expect(sniff(clean)).toBe('image/heic');
  });

  it('that are broken never make it fail', () => {
    const types = fc.constantFrom('image/jpeg', 'image/png', 'image/webp', 'image/heic');
    const starts = fc.constantFrom(
      '\xff\xd8\xff\xe1\0\x10Exif\0\0',
      '\x89PNG\r\n\x1a\n',
      'RIFF\0\0\0\0WEBP',
      '\0\0\0\0ftypheicExif\0\0II',
    );
    fc.assert(
      fc.property(types, starts, fc.uint8Array({ maxLength: 200 }), (type, start, rest) => {
        const image = Buffer.concat([Buffer.from(start, 'latin1'), rest]);
        expect(forgetLocation(image, type).length).toBeLessThanOrEqual(image.length);
      }),
    );
  });
});
