import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, opendir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '../../clock.ts';
import { BlobError } from '../blob-error.ts';
import { checkBlobKey, checkOrg } from '../blob-key.ts';
import type { BlobBody, BlobKey, BlobStore, PutBlobOptions, StoredBlob } from '../blob-store.ts';
import { resolveRange } from '../byte-range.ts';
import { closableBytes } from '../closable-bytes.ts';
import { checkContentType } from '../content-type.ts';
import { limitedBytes } from '../limited-bytes.ts';
import { type BlobTrailer, readTrailer, writeTrailer } from './blob-trailer.ts';

export interface DiskBlobStoreOptions {
  /** Folder for the blobs; created when missing. */
  readonly root: string;
  readonly clock?: Clock;
}

/** Folder for files being written; its name is no organisation id. */
const DRAFTS = '.drafts';

/**
 * A blob store in a folder: `<root>/<org>/<2 hex digits>/<hash of the key>`. The path of a key never becomes a file name. A blob is
 * acknowledged when file and folder entry have reached the disk.
 */
export function createDiskBlobStore({ root, clock = systemClock }: DiskBlobStoreOptions): BlobStore {
  return {
    async put(key, body, options) {
      checkBlobKey(key);
      checkContentType(options.contentType);
      const draft = join(root, DRAFTS, randomBytes(16).toString('hex'));
      await mkdir(dirname(draft), { recursive: true });
      try {
        const stored = await writeDraft(draft, key, body, options, clock.now());
        await publish(draft, fileOf(root, key));
        return stored;
      } catch (error) {
        await unlinkIfThere(draft);
        throw error;
      }
    },
    async get(key, options) {
      checkBlobKey(key);
      const file = await openIfThere(fileOf(root, key));
      if (!file) return undefined;
      try {
        const { size, etag, contentType, storedAt } = await readTrailer(file);
        const range = resolveRange(options?.range, size);
        // An empty slice cannot be said with both ends included; it begins behind the trailer.
        const slice = size === 0 ? { start: Number.MAX_SAFE_INTEGER } : range;
        const body = closableBytes(file.createReadStream(slice), unreadable);
        return { size, etag, contentType, storedAt, range, body };
      } catch (error) {
        await file.close();
        throw error;
      }
    },
    async head(key) {
      checkBlobKey(key);
      const trailer = await describe(fileOf(root, key));
      if (!trailer) return undefined;
      const { size, etag, contentType, storedAt } = trailer;
      return { size, etag, contentType, storedAt };
    },
    async delete(key) {
      checkBlobKey(key);
      await unlinkIfThere(fileOf(root, key));
    },
    async *list(org, prefix = '') {
      checkOrg(org);
      for await (const path of filesOf(join(root, org))) {
        const trailer = await describe(path);
        // On file systems that ignore case two organisations may share a folder.
        if (trailer?.org === org && trailer.path.startsWith(prefix)) {
          yield { path: trailer.path, size: trailer.size, etag: trailer.etag, storedAt: trailer.storedAt };
        }
      }
    },
    presign: () => undefined,
  };
}

function fileOf(root: string, { org, path }: BlobKey): string {
  const name = createHash('sha256').update(`${org}\n${path}`).digest('hex');
  return join(root, org, name.slice(0, 2), name);
}

async function writeDraft(
  draft: string,
  key: BlobKey,
  body: BlobBody,
  { contentType, maxBytes }: PutBlobOptions,
  storedAt: Date,
): Promise<StoredBlob> {
  const file = await open(draft, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of limitedBytes(body, maxBytes)) {
      hash.update(chunk);
      size += chunk.length;
      await file.writeFile(chunk);
    }
    const stored = { size, etag: hash.digest('hex') };
    await file.writeFile(writeTrailer({ org: key.org, path: key.path, ...stored, contentType, storedAt }));
    await file.sync();
    return stored;
  } finally {
    await file.close();
  }
}

/** Gives the draft its name. Whoever reads sees the old blob or the new one, also after a crash. */
async function publish(draft: string, path: string): Promise<void> {
  const created = await mkdir(dirname(path), { recursive: true });
  await rename(draft, path);
  await syncFolder(dirname(path));
  if (created !== undefined) await syncFolder(dirname(created));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function describe(path: string): Promise<BlobTrailer | undefined> {
  const file = await openIfThere(path);
  if (!file) return undefined;
  try {
    return await readTrailer(file);
  } finally {
    await file.close();
  }
}

async function* filesOf(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder, { recursive: true })) {
      if (entry.isFile()) yield join(entry.parentPath, entry.name);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function unreadable(cause: unknown): BlobError {
  return new BlobError('UNAVAILABLE', 'A blob file could not be read', { cause });
}
