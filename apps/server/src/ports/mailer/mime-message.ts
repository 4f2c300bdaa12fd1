/** A received mail or one of its parts, taken apart for comparison. */
export interface MimePart {
  /** Names in lower case; encoded words decoded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly parts: readonly MimePart[];
  readonly content: Buffer;
}

/** Takes a raw mail apart (RFC 5322, 2045, 2047), as far as our own mails need it: for tests of what arrives at a mail server. */
export function parseMime(raw: string): MimePart {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      decodeWords(line.slice(line.indexOf(':') + 1).trim()),
    ]),
  );
  const body = raw.slice(end + 4);
  const [, boundary] = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '') ?? [];
  const parts =
    boundary === undefined
      ? []
      : body
          .split(new RegExp(`(?:^|\\r\\n)--${boundary.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:--)?\\r\\n`))
          .slice(1, -1);
  return {
    headers,
    parts: parts.map(parseMime),
    content: decodeContent(body, headers.get('content-transfer-encoding') ?? ''),
  };
}

/** All parts of a mail that have none themselves. */
export function leaves(part: MimePart): MimePart[] {
  return part.parts.length === 0 ? [part] : part.parts.flatMap(leaves);
}

function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_word, encoding: string, word: string) =>
      encoding.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString()
        : fromQuotedPrintable(word.replace(/_/g, ' ')).toString(),
    );
}

function decodeContent(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  return encoding === 'quoted-printable' ? fromQuotedPrintable(body) : Buffer.from(body);
}

function fromQuotedPrintable(text: string): Buffer {
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
