import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Clock, systemClock } from '../clock.ts';
import { checkBlobKey, checkOrg } from './blob-key.ts';
import type { BlobMeta, BlobStore } from './blob-store.ts';
import { resolveRange } from './byte-range.ts';
import { checkContentType } from './content-type.ts';
import { limitedBytes } from './limited-bytes.ts';

interface MemoryBlob extends BlobMeta {
  readonly bytes: Buffer;
}

/** A blob store that forgets everything with the process, for tests and demonstrations. */
export function createMemoryBlobStore({ clock = systemClock }: { readonly clock?: Clock } = {}): BlobStore {
  const organisations = new Map<string, Map<string, MemoryBlob>>();
  return {
    async put(key, body, { contentType, maxBytes }) {
      checkBlobKey(key);
      checkContentType(contentType);
      const chunks: Uint8Array[] = [];
      for await (const chunk of limitedBytes(body, maxBytes)) chunks.push(Uint8Array.from(chunk));
      const bytes = Buffer.concat(chunks);
      const stored = { size: bytes.length, etag: createHash('sha256').update(bytes).digest('hex') };
      const blobs = organisations.get(key.org) ?? new Map<string, MemoryBlob>();
      organisations.set(
        key.org,
        blobs.set(key.path, { ...stored, contentType, storedAt: clock.now(), bytes }),
      );
      return stored;
    },
    async get(key, options) {
      checkBlobKey(key);
      const blob = organisations.get(key.org)?.get(key.path);
      if (!blob) return undefined;
      const { bytes, ...meta } = blob;
      const range = resolveRange(options?.range, meta.size);
      const slice = bytes.subarray(range.start, range.end + 1);
      return { ...meta, range, body: Readable.from(slice.length > 0 ? [slice] : []) };
    },
    async head(key) {
      checkBlobKey(key);
      const blob = organisations.get(key.org)?.get(key.path);
      if (!blob) return undefined;
      const { bytes: _bytes, ...meta } = blob;
      return meta;
    },
    async delete(key) {
      checkBlobKey(key);
      organisations.get(key.org)?.delete(key.path);
    },
    async *list(org, prefix = '') {
      checkOrg(org);
      for (const [path, { size, etag, storedAt }] of organisations.get(org) ?? []) {
        if (path.startsWith(prefix)) yield { path, size, etag, storedAt };
      }
    },
    presign: () => undefined,
  };
}
