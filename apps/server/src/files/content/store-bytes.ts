import { randomUUID } from 'node:crypto';
import type { BlobBody, BlobStore } from '../../ports/index.ts';
import type { FileContent, FileObject } from '../store/file-object.ts';
import { SNIFFED_BYTES, sniff } from './sniff.ts';

/** Most bytes of one file: 50 MiB (portal.md 6.3). */
export const MOST_FILE_BYTES = 50 * 1024 * 1024;

/**
 * Puts bytes into the blob store, each time in a place of its own, so that nobody who reads meets a mixture.
 * @throws BlobError `TOO_LARGE` for more than 50 MiB, `UNAVAILABLE`
 */
export async function storeBytes(
  blobs: BlobStore,
  object: Pick<FileObject, 'org' | 'id' | 'mimeType'>,
  body: BlobBody,
): Promise<FileContent> {
  const head: number[] = [];
  const blobPath = `objects/${object.id}/${randomUUID()}`;
  const options = { contentType: object.mimeType, maxBytes: MOST_FILE_BYTES };
  const { size, etag } = await blobs.put({ org: object.org, path: blobPath }, watched(body, head), options);
  return { blobPath, size, etag, sniffedType: sniff(Uint8Array.from(head)) };
}

/** Passes a body on and keeps its first bytes. */
async function* watched(body: BlobBody, head: number[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    if (head.length < SNIFFED_BYTES) head.push(...chunk.subarray(0, SNIFFED_BYTES - head.length));
    yield chunk;
  }
}
