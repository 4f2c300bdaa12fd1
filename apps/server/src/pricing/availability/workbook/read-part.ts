import { SaxesParser } from 'saxes';
import { WorkbookError } from './workbook-error.ts';
import type { WorkbookParts } from './workbook-parts.ts';

const MOST_LEVELS = 64;
const OPTIONS = { position: false, xmlns: false } as const;

/** Told of a part's markup, in order of the document. Names come without their prefix. */
export interface PartReader {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(name: string): void;
}

/**
 * Reads a part of a workbook as it unfolds, and stops after each piece. Strict XML in UTF-8; a DOCTYPE is refused, and with it every entity.
 * @throws WorkbookError when it is not well-formed, nested deeper than 64 levels, or not what the archive promised
 */
export async function* readPart(
  parts: WorkbookParts,
  name: string,
  reader: PartReader,
): AsyncGenerator<void> {
  const stream = await parts.stream(name);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parser = parserFor(reader);
  try {
    for await (const piece of stream) {
      parser.write(decoder.decode(piece, { stream: true }));
      yield;
    }
    parser.write(decoder.decode()).close();
    yield;
  } catch (cause) {
    if (cause instanceof WorkbookError) throw cause;
    throw new WorkbookError('File is no workbook that can be read', { cause });
  } finally {
    stream.destroy();
  }
}

/** Reads a whole part. @throws WorkbookError as `readPart` does */
export async function readWholePart(parts: WorkbookParts, name: string, reader: PartReader): Promise<void> {
  for await (const _ of readPart(parts, name, reader));
}

function parserFor(reader: PartReader): SaxesParser<typeof OPTIONS> {
  const parser = new SaxesParser(OPTIONS);
  let levels = 0;
  parser.on('doctype', () => {
    throw new WorkbookError('File is no workbook that can be read');
  });
  parser.on('opentag', ({ name, attributes }) => {
    levels += 1;
    if (levels > MOST_LEVELS) throw new WorkbookError('File is no workbook that can be read');
    reader.open(localName(name), attributes);
  });
  parser.on('text', (text) => reader.text(text));
  parser.on('cdata', (text) => reader.text(text));
  parser.on('closetag', ({ name }) => {
    levels -= 1;
    reader.close(localName(name));
  });
  return parser;
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
