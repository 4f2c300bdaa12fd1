const LONGEST = 255;

/** What keeps a name from being the name of a file; undefined when nothing does. */
export function filenameProblem(filename: string): string | undefined {
  if (filename.trim() === '' || filename === '.' || filename === '..') return 'is no name of a file';
  if (filename.length > LONGEST) return `is longer than ${LONGEST} characters`;
  const isPlain = [...filename].every((character) => character >= ' ' && !'/\\\u007f'.includes(character));
  return isPlain && filename.isWellFormed() ? undefined : 'holds characters that a file name cannot have';
}

/**
 * A `Content-Disposition` with the name in both forms (RFC 6266, RFC 8187): ASCII for old clients, UTF-8 for the others.
 */
export function contentDisposition(kind: 'attachment' | 'inline', filename: string): string {
  const plain = filename.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const extended = encodeURIComponent(filename).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${extended}`;
}
