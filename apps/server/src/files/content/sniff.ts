/** How many bytes from the start `sniff` wants to see. */
export const SNIFFED_BYTES = 64;

interface Magic {
  readonly type: string;
  readonly at: number;
  readonly bytes: readonly number[];
}

const text = (value: string) => [...value].map((character) => character.charCodeAt(0));

/** First bytes by media type (WHATWG MIME Sniffing, and the formats' own specifications). */
const MAGIC: readonly Magic[] = [
  { type: 'application/pdf', at: 0, bytes: text('%PDF-') },
  { type: 'image/png', at: 0, bytes: [0x89, ...text('PNG\r\n'), 0x1a, 0x0a] },
  { type: 'image/jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', at: 0, bytes: text('GIF8') },
  { type: 'image/webp', at: 8, bytes: text('WEBP') },
  { type: 'image/tiff', at: 0, bytes: [0x49, 0x49, 0x2a, 0x00] },
  { type: 'image/tiff', at: 0, bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  { type: 'image/bmp', at: 0, bytes: text('BM') },
  ...['heic', 'heix', 'mif1', 'msf1', 'heim', 'hevc'].map((brand) => ({
    type: 'image/heic',
    at: 4,
    bytes: text(`ftyp${brand}`),
  })),
  { type: 'image/avif', at: 4, bytes: text('ftypavif') },
  { type: 'video/mp4', at: 4, bytes: text('ftyp') },
  { type: 'application/zip', at: 0, bytes: [0x50, 0x4b, 0x03, 0x04] },
  { type: 'application/zip', at: 0, bytes: [0x50, 0x4b, 0x05, 0x06] },
  { type: 'application/x-cfb', at: 0, bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] },
  { type: 'application/gzip', at: 0, bytes: [0x1f, 0x8b] },
  { type: 'application/x-7z-compressed', at: 0, bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { type: 'application/vnd.rar', at: 0, bytes: text('Rar!') },
  { type: 'application/x-msdownload', at: 0, bytes: text('MZ') },
  { type: 'application/x-elf', at: 0, bytes: [0x7f, ...text('ELF')] },
  { type: 'application/x-mach-binary', at: 0, bytes: [0xcf, 0xfa, 0xed, 0xfe] },
];

/** The media type that the first bytes of a file tell; undefined when they tell none that we know. */
export function sniff(head: Uint8Array): string | undefined {
  return MAGIC.find(({ at, bytes }) => bytes.every((byte, index) => head[at + index] === byte))?.type;
}
