import type { FileHandle } from 'node:fs/promises';
import { BlobError } from '../blob-error.ts';
import type { BlobKey, BlobMeta } from '../blob-store.ts';

/** Marks the end of every file, with the version of the format. */
const MARK = 'BUSBLOB1';
const LENGTH_BYTES = 4;
/** Longer than any trailer: path and content type are bounded. */
const LONGEST = 4096;

export interface BlobTrailer extends BlobMeta, BlobKey {}

/**
 * What follows the bytes of a blob in its file: a JSON object, its length (4 bytes, big endian) and a mark. With the description in the same
 * file, one rename replaces both at once; with the bytes in front, other programs still recognise the file.
 */
export function writeTrailer({ storedAt, ...meta }: BlobTrailer): Buffer {
  const json = Buffer.from(JSON.stringify({ ...meta, storedAt: storedAt.toISOString() }), 'utf8');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  return Buffer.concat([json, length, Buffer.from(MARK, 'latin1')]);
}

/** Reads the trailer of an open file. @throws BlobError `CORRUPT` when file and trailer do not fit */
export async function readTrailer(file: FileHandle): Promise<BlobTrailer> {
  const { size: fileSize } = await file.stat();
  const tail = Buffer.alloc(Math.min(LONGEST, fileSize));
  await file.read(tail, 0, tail.length, fileSize - tail.length);
  const footer = tail.length - LENGTH_BYTES - MARK.length;
  if (footer < 0 || tail.toString('latin1', footer + LENGTH_BYTES) !== MARK) throw corrupt();
  const start = footer - tail.readUInt32BE(footer);
  if (start < 0) throw corrupt();
  const trailer = parseTrailer(tail.toString('utf8', start, footer));
  if (trailer.size !== fileSize - (tail.length - start)) throw corrupt();
  return trailer;
}

function parseTrailer(json: string): BlobTrailer {
  try {
    const value: unknown = JSON.parse(json);
    if (isStoredTrailer(value)) return { ...value, storedAt: new Date(value.storedAt) };
  } catch (cause) {
    throw corrupt(cause);
  }
  throw corrupt();
}

type StoredTrailer = Omit<BlobTrailer, 'storedAt'> & { readonly storedAt: string };

function isStoredTrailer(value: unknown): value is StoredTrailer {
  if (value === null || typeof value !== 'object') return false;
  const texts = ['org', 'path', 'etag', 'contentType', 'storedAt'];
  return (
    texts.every((name) => typeof Reflect.get(value, name) === 'string') &&
    typeof Reflect.get(value, 'size') === 'number'
  );
}

function corrupt(cause?: unknown): BlobError {
  return new BlobError('CORRUPT', 'A blob file is damaged', { cause });
}
