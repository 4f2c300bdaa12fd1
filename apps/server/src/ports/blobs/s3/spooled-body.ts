import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BlobBody } from '../blob-store.ts';
import { limitedBytes } from '../limited-bytes.ts';

/** A body whose size and hash are known before the first byte is sent, as a signed PUT needs it. */
export interface SpooledBody {
  readonly size: number;
  /** SHA-256 in hex. */
  readonly hash: string;
  /** The bytes, once. */
  open(): Uint8Array | Readable;
  /** Removes what was put aside. */
  discard(): Promise<void>;
}

/**
 * Reads a body to its end. Bytes stay in memory, streams go to a file, however long they turn out to be.
 * @param folder for that file; must exist
 * @throws BlobError `TOO_LARGE`; errors of the source as they are
 */
export async function spoolBody(body: BlobBody, maxBytes: number, folder: string): Promise<SpooledBody> {
  if (body instanceof Uint8Array) {
    for await (const _checked of limitedBytes(body, maxBytes));
    const hash = createHash('sha256').update(body).digest('hex');
    return { size: body.length, hash, open: () => body, discard: async () => {} };
  }
  const path = join(folder, `busbar-upload-${randomBytes(16).toString('hex')}`);
  const file = await open(path, 'wx', 0o600);
  try {
    const written = await write(file, limitedBytes(body, maxBytes));
    return { ...written, open: () => createReadStream(path), discard: () => unlink(path) };
  } catch (error) {
    await unlink(path);
    throw error;
  } finally {
    await file.close();
  }
}

async function write(
  file: FileHandle,
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ size: number; hash: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    size += chunk.length;
    await file.writeFile(chunk);
  }
  return { size, hash: hash.digest('hex') };
}
