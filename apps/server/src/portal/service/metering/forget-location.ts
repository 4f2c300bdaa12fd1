import { blankGps } from './blank-gps.ts';

/** Removes where a picture was taken from its metadata (spec/portal.md §8.3). The picture itself stays as it is. */
export function forgetLocation(image: Uint8Array, mimeType: string): Uint8Array {
  switch (mimeType) {
    case 'image/jpeg':
      return cleanJpeg(image);
    case 'image/png':
      return cleanPng(image);
    case 'image/webp':
      return cleanWebp(image);
    default:
      return cleanInPlace(image);
  }
}

const text = (bytes: Uint8Array, at: number, length: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', at, at + length);

const EXIF = 'Exif\0\0';

/** JPEG segments up to the scan: EXIF keeps all but its GPS part, since the orientation stands there too; XMP goes as a whole. */
function cleanJpeg(image: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [image.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= image.length && image[at] === 0xff && image[at + 1] !== 0xda) {
    const isStandalone = (image[at + 1] ?? 0) >= 0xd0 && (image[at + 1] ?? 0) <= 0xd7;
    const length = isStandalone ? 2 : 2 + (((image[at + 2] ?? 0) << 8) | (image[at + 3] ?? 0));
    const segment = image.subarray(at, at + length);
    const isApp1 = image[at + 1] === 0xe1;
    if (isApp1 && text(segment, 4, 6) === EXIF)
      kept.push(segment.subarray(0, 10), blankGps(segment.subarray(10)));
    else if (!(isApp1 && text(segment, 4, 20).startsWith('http://ns.adobe.com'))) kept.push(segment);
    at += length;
  }
  return Buffer.concat([...kept, image.subarray(at)]);
}

const PNG_METADATA: ReadonlySet<string> = new Set(['eXIf', 'iTXt', 'tEXt', 'zTXt']);
const PNG_HEADER = 8;

/** PNG chunks without those that hold metadata; orientation is not used in PNG. */
function cleanPng(image: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [image.subarray(0, PNG_HEADER)];
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  let at = PNG_HEADER;
  while (at + 12 <= image.length) {
    const length = 12 + view.getUint32(at);
    if (!PNG_METADATA.has(text(image, at + 4, 4))) kept.push(image.subarray(at, at + length));
    at += length;
  }
  return Buffer.concat([...kept, image.subarray(at)]);
}

const WEBP_METADATA: ReadonlySet<string> = new Set(['EXIF', 'XMP ']);
const RIFF_HEADER = 12;

/** WebP chunks without metadata; the flags of the extended header and the size at the front follow. */
function cleanWebp(image: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [Buffer.from(image.subarray(0, RIFF_HEADER))];
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  let at = RIFF_HEADER;
  while (at + 8 <= image.length) {
    const size = view.getUint32(at + 4, true);
    const length = 8 + size + (size % 2);
    const kind = text(image, at, 4);
    const chunk = Buffer.from(image.subarray(at, at + length));
    // Bits 3 and 2 of the flags say that EXIF and XMP follow.
    if (kind === 'VP8X') chunk[8] = (chunk[8] ?? 0) & ~0x0c;
    if (!WEBP_METADATA.has(kind)) kept.push(chunk);
    at += length;
  }
  const clean = Buffer.concat([...kept, image.subarray(at)]);
  clean.writeUInt32LE(clean.length - 8, 4);
  return clean;
}

/** Formats whose offsets must not move (HEIC): what tells the place is overwritten where it stands. */
function cleanInPlace(image: Uint8Array): Uint8Array {
  const clean = Buffer.from(image);
  for (let at = clean.indexOf(EXIF, 0, 'latin1'); at >= 0; at = clean.indexOf(EXIF, at + 1, 'latin1')) {
    clean.set(blankGps(clean.subarray(at + EXIF.length)), at + EXIF.length);
  }
  for (let at = clean.indexOf('<x:xmpmeta'); at >= 0; at = clean.indexOf('<x:xmpmeta', at + 1)) {
    const end = clean.indexOf('</x:xmpmeta>', at);
    clean.fill(' ', at, end < 0 ? clean.length : end);
  }
  return clean;
}
