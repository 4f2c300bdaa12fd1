import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import { type Clock, systemClock } from '../../clock.ts';
import { BlobError } from '../blob-error.ts';
import { checkBlobKey, checkOrg } from '../blob-key.ts';
import type { BlobKey, BlobMeta, BlobStore, ByteRange } from '../blob-store.ts';
import { closableBytes } from '../closable-bytes.ts';
import { checkContentType } from '../content-type.ts';
import { bareEtag, type ListingPage, parseListing } from './listing.ts';
import { type S3Bucket, S3Client, type S3Response, unavailable } from './s3-client.ts';
import { spoolBody } from './spooled-body.ts';

export interface S3BlobStoreOptions extends S3Bucket {
  /** Folder for uploads whose length is not known yet; the one of the system by default. */
  readonly spoolFolder?: string;
  readonly clock?: Clock;
}

export interface S3BlobStore extends BlobStore {
  /** Closes connections; running requests finish. */
  close(): Promise<void>;
}

/** A blob store in a bucket of an S3-compatible service; object keys are `<org>/<path>`. One PUT per blob, so at most 5 GiB. */
export function createS3BlobStore({
  spoolFolder = tmpdir(),
  clock = systemClock,
  ...bucket
}: S3BlobStoreOptions): S3BlobStore {
  const client = new S3Client(bucket, clock);
  return {
    async put(key, body, { contentType, maxBytes }) {
      checkBlobKey(key);
      checkContentType(contentType);
      const spooled = await spoolBody(body, maxBytes, spoolFolder);
      try {
        const response = await client.send({
          method: 'PUT',
          key: nameOf(key),
          headers: { 'content-type': contentType },
          body: spooled,
        });
        if (response.status !== 200) throw refused(response);
        await textOf(response.body);
        return { size: spooled.size, etag: bareEtag(field(response, 'etag')) };
      } finally {
        await spooled.discard();
      }
    },
    async get(key, options) {
      checkBlobKey(key);
      const range = options?.range;
      const headers = range ? { range: rangeField(range) } : {};
      const response = await client.send({ method: 'GET', key: nameOf(key), headers });
      if (response.status === 416) throw discard(response, notSatisfiable());
      if (await isAbsent(response)) return undefined;
      if (response.status !== (range ? 206 : 200)) throw refused(response);
      const meta = describe(response);
      const end = range ? Math.min(range.end ?? meta.size - 1, meta.size - 1) : meta.size - 1;
      return {
        ...meta,
        range: { start: range?.start ?? 0, end },
        body: closableBytes(response.body, unavailable),
      };
    },
    async head(key) {
      checkBlobKey(key);
      const response = await client.send({ method: 'HEAD', key: nameOf(key) });
      response.body.destroy();
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw statusError(response.status);
      return describe(response);
    },
    async delete(key) {
      checkBlobKey(key);
      const response = await client.send({ method: 'DELETE', key: nameOf(key) });
      if (response.status !== 204 && response.status !== 200 && !(await isAbsent(response)))
        throw refused(response);
      response.body.resume();
    },
    async *list(org, prefix = '') {
      checkOrg(org);
      let page: ListingPage | undefined;
      do {
        page = await listPage(client, `${org}/${prefix}`, page?.next);
        for (const { key, ...object } of page.objects) yield { ...object, path: key.slice(org.length + 1) };
      } while (page.next !== undefined);
    },
    presign(key, { method, expiresInSeconds }) {
      checkBlobKey(key);
      return client.presign(method, nameOf(key), expiresInSeconds);
    },
    close: () => client.close(),
  };
}

function nameOf({ org, path }: BlobKey): string {
  return `${org}/${path}`;
}

async function listPage(client: S3Client, prefix: string, token: string | undefined): Promise<ListingPage> {
  const query = {
    'list-type': '2',
    'encoding-type': 'url',
    prefix,
    ...(token !== undefined && { 'continuation-token': token }),
  };
  const response = await client.send({ method: 'GET', query });
  if (response.status !== 200) throw refused(response);
  return parseListing(await textOf(response.body));
}

/** What a response says about its object. For a part, the size of the whole comes from `Content-Range`. */
function describe(response: S3Response): BlobMeta {
  const [, whole] = /\/(\d+)$/.exec(field(response, 'content-range')) ?? [];
  return {
    size: Number(whole ?? field(response, 'content-length')),
    etag: bareEtag(field(response, 'etag')),
    contentType: field(response, 'content-type'),
    storedAt: new Date(field(response, 'last-modified')),
  };
}

function rangeField({ start, end }: ByteRange): string {
  const ends = [start, end ?? start];
  if (!ends.every(Number.isInteger) || start < 0 || (end !== undefined && end < start))
    throw notSatisfiable();
  return `bytes=${start}-${end ?? ''}`;
}

/** A missing object is an answer; a missing bucket is a mistake in the configuration. */
async function isAbsent(response: S3Response): Promise<boolean> {
  if (response.status !== 404) return false;
  if ((await textOf(response.body)).includes('<Code>NoSuchBucket</Code>')) throw statusError(404);
  return true;
}

function refused(response: S3Response): BlobError {
  return discard(response, statusError(response.status));
}

function discard(response: S3Response, error: BlobError): BlobError {
  response.body.destroy();
  return error;
}

function statusError(status: number): BlobError {
  return new BlobError('UNAVAILABLE', `The blob store answered ${status}`);
}

function notSatisfiable(): BlobError {
  return new BlobError('RANGE_NOT_SATISFIABLE', 'The range lies outside the blob');
}

function field({ headers }: S3Response, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

async function textOf(body: Readable): Promise<string> {
  try {
    return Buffer.concat(await body.toArray()).toString('utf8');
  } catch (cause) {
    throw unavailable(cause);
  }
}
