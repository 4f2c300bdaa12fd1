import { csvRecords } from './csv-records.ts';
import type { TableRow } from './table-row.ts';

/** A CSV file as rows. */
export interface CsvTable {
  readonly rows: Iterable<TableRow>;
  /** Office programs write other encodings, which can be read, but only guessed. */
  readonly isUtf8: boolean;
}

const SEPARATORS = [';', ',', '\t'] as const;

/**
 * Reads a CSV file: UTF-8, with its byte order mark UTF-16, anything else as Windows-1252, which contains Latin-1. The separator is the one that
 * the header has most of, or the one that a first line `sep=;` names. Undefined for bytes that are no text.
 */
export function csvTable(bytes: Uint8Array): CsvTable | undefined {
  const decoded = decode(bytes);
  if (decoded === undefined || decoded.text.includes('\0')) return undefined;
  const { text, isUtf8 } = decoded;
  const named = /^sep=([;,\t|])\r?\n/i.exec(text);
  if (!named) return { rows: csvRecords(text, separatorOf(text)), isUtf8 };
  return { rows: rowsAfterFirst(text, named[0].length, named[1] ?? ';'), isUtf8 };
}

function decode(bytes: Uint8Array): { text: string; isUtf8: boolean } | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), isUtf8: false };
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), isUtf8: false };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isUtf8: true };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isUtf8: false };
  }
}

function separatorOf(text: string): string {
  const [header = ''] = text.split(/[\r\n]/, 1);
  const count = (separator: string) => header.split(separator).length;
  return SEPARATORS.toSorted((a, b) => count(b) - count(a))[0] ?? ';';
}

function* rowsAfterFirst(text: string, from: number, separator: string): Generator<TableRow> {
  for (const { line, cells } of csvRecords(text.slice(from), separator)) yield { line: line + 1, cells };
}
