/** The contract's `FileType`. */
export type FileType =
  | 'document'
  | 'text'
  | 'image'
  | 'video'
  | 'audio'
  | 'spreadsheet'
  | 'presentation'
  | 'font'
  | 'archive'
  | 'application'
  | 'unknown';

interface Kind {
  readonly mimeType: string;
  readonly type: FileType;
  /** What the first bytes must tell (see `sniff`); undefined when the format has no telling start. */
  readonly starts?: string;
}

const ZIP = 'application/zip';
const CFB = 'application/x-cfb';
const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OASIS = 'application/vnd.oasis.opendocument';

/** What a file is by the extension of its name. */
const KINDS: Readonly<Record<string, Kind>> = {
  pdf: { mimeType: 'application/pdf', type: 'document', starts: 'application/pdf' },
  doc: { mimeType: 'application/msword', type: 'document', starts: CFB },
  docx: { mimeType: `${OFFICE}.wordprocessingml.document`, type: 'document', starts: ZIP },
  odt: { mimeType: `${OASIS}.text`, type: 'document', starts: ZIP },
  rtf: { mimeType: 'application/rtf', type: 'document' },
  xls: { mimeType: 'application/vnd.ms-excel', type: 'spreadsheet', starts: CFB },
  xlsx: { mimeType: `${OFFICE}.spreadsheetml.sheet`, type: 'spreadsheet', starts: ZIP },
  ods: { mimeType: `${OASIS}.spreadsheet`, type: 'spreadsheet', starts: ZIP },
  csv: { mimeType: 'text/csv', type: 'spreadsheet' },
  ppt: { mimeType: 'application/vnd.ms-powerpoint', type: 'presentation', starts: CFB },
  pptx: { mimeType: `${OFFICE}.presentationml.presentation`, type: 'presentation', starts: ZIP },
  odp: { mimeType: `${OASIS}.presentation`, type: 'presentation', starts: ZIP },
  png: { mimeType: 'image/png', type: 'image', starts: 'image/png' },
  jpg: { mimeType: 'image/jpeg', type: 'image', starts: 'image/jpeg' },
  jpeg: { mimeType: 'image/jpeg', type: 'image', starts: 'image/jpeg' },
  gif: { mimeType: 'image/gif', type: 'image', starts: 'image/gif' },
  webp: { mimeType: 'image/webp', type: 'image', starts: 'image/webp' },
  heic: { mimeType: 'image/heic', type: 'image', starts: 'image/heic' },
  heif: { mimeType: 'image/heif', type: 'image', starts: 'image/heic' },
  avif: { mimeType: 'image/avif', type: 'image', starts: 'image/avif' },
  tif: { mimeType: 'image/tiff', type: 'image', starts: 'image/tiff' },
  tiff: { mimeType: 'image/tiff', type: 'image', starts: 'image/tiff' },
  bmp: { mimeType: 'image/bmp', type: 'image', starts: 'image/bmp' },
  svg: { mimeType: 'image/svg+xml', type: 'image' },
  txt: { mimeType: 'text/plain', type: 'text' },
  md: { mimeType: 'text/markdown', type: 'text' },
  html: { mimeType: 'text/html', type: 'text' },
  xml: { mimeType: 'application/xml', type: 'text' },
  json: { mimeType: 'application/json', type: 'text' },
  eml: { mimeType: 'message/rfc822', type: 'text' },
  mp4: { mimeType: 'video/mp4', type: 'video', starts: 'video/mp4' },
  mp3: { mimeType: 'audio/mpeg', type: 'audio' },
  wav: { mimeType: 'audio/wav', type: 'audio' },
  zip: { mimeType: ZIP, type: 'archive', starts: ZIP },
  gz: { mimeType: 'application/gzip', type: 'archive', starts: 'application/gzip' },
  '7z': { mimeType: 'application/x-7z-compressed', type: 'archive', starts: 'application/x-7z-compressed' },
  rar: { mimeType: 'application/vnd.rar', type: 'archive', starts: 'application/vnd.rar' },
  woff2: { mimeType: 'font/woff2', type: 'font' },
  ttf: { mimeType: 'font/ttf', type: 'font' },
};

const PROGRAMS: ReadonlySet<string> = new Set([
  'application/x-msdownload',
  'application/x-elf',
  'application/x-mach-binary',
]);
const TEXTUAL: ReadonlySet<FileType> = new Set(['text']);

/** The last extension of a name in lower case, without its dot; empty when it has none. */
export function extensionOf(filename: string): string {
  return /\.([^./\\]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
}

/** The media type of a name's extension; undefined for unknown ones. */
export function mimeTypeOf(filename: string): string | undefined {
  return KINDS[extensionOf(filename)]?.mimeType;
}

/** The contract's type of a file, by its name, else by its media type. */
export function fileTypeOf(filename: string, mimeType: string): FileType {
  const known =
    KINDS[extensionOf(filename)] ?? Object.values(KINDS).find((kind) => kind.mimeType === mimeType);
  if (known) return known.type;
  const main = mimeType.split('/', 1)[0];
  const byMain = (['text', 'image', 'video', 'audio', 'font', 'application'] as const).find(
    (type) => type === main,
  );
  return byMain === 'application' && mimeType === 'application/octet-stream'
    ? 'unknown'
    : (byMain ?? 'unknown');
}

/**
 * Whether the first bytes of a file (as `sniff` reads them) contradict its name: pictures, PDFs and zip-based formats must be what they are
 * called, texts nothing else, and programs may hide behind no other name (portal.md 6.3).
 */
export function contradictsName(filename: string, sniffed: string | undefined): boolean {
  const kind = KINDS[extensionOf(filename)];
  if (kind?.starts !== undefined) return sniffed !== kind.starts;
  if (sniffed === undefined) return false;
  if (kind && (TEXTUAL.has(kind.type) || kind.mimeType === 'image/svg+xml' || kind.mimeType === 'text/csv'))
    return true;
  return PROGRAMS.has(sniffed) && !['exe', 'dll', 'msi', ''].includes(extensionOf(filename));
}

/** Bytes in words, with one decimal: `1.2 MB` (powers of 1000). */
export function readableSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const amount = bytes / 1000 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${units[power]}`;
}
