import { BlobError } from './blob-error.ts';
import type { ByteRange } from './blob-store.ts';

/**
 * The bytes a range means in a blob, both ends included; the whole blob without a range (an empty one ends at -1).
 * @param size bytes of the blob
 * @throws BlobError `RANGE_NOT_SATISFIABLE`
 */
export function resolveRange(range: ByteRange | undefined, size: number): { start: number; end: number } {
  if (!range) return { start: 0, end: size - 1 };
  const end = Math.min(range.end ?? size - 1, size - 1);
  if (!Number.isInteger(range.start) || !Number.isInteger(end) || range.start < 0 || range.start > end) {
    throw new BlobError('RANGE_NOT_SATISFIABLE', `The blob has ${size} bytes`);
  }
  return { start: range.start, end };
}
