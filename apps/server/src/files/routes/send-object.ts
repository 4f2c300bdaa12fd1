import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BlobStore } from '../../ports/index.ts';
import { notFound, Refusal } from '../../refusal.ts';
import { contentDisposition } from '../content/filename.ts';
import type { FileContent, FileObject } from '../store/file-object.ts';
import { readRange } from './byte-range.ts';

/** What browsers show without running anything of it. */
const SHOWN_INLINE: ReadonlySet<string> = new Set([
  ...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'],
  ...['application/pdf', 'text/plain', 'audio/mpeg', 'audio/wav', 'video/mp4'],
]);

interface Sending {
  readonly object: FileObject & { readonly content: FileContent };
  /** Whether the bytes may be shown instead of saved, if their type is harmless. */
  readonly inline: boolean;
  readonly cacheControl: string;
}

/**
 * Sends an object's bytes, wholly or the range that was asked for. Whatever they are, no browser guesses their type or runs them
 * (design/safety.md 4.7): attachment, `nosniff`, and a policy that takes all rights away.
 */
export async function sendObject(
  blobs: BlobStore,
  request: FastifyRequest,
  reply: FastifyReply,
  { object, inline, cacheControl }: Sending,
): Promise<FastifyReply> {
  const { size, etag, blobPath } = object.content;
  const entityTag = `"${etag}"`;
  const kind = inline && SHOWN_INLINE.has(object.mimeType.split(';', 1)[0] ?? '') ? 'inline' : 'attachment';
  reply.headers({
    'accept-ranges': 'bytes',
    'cache-control': cacheControl,
    'content-disposition': contentDisposition(kind, object.filename),
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    etag: entityTag,
  });
  if (request.headers['if-none-match'] === entityTag) return reply.code(304).send();
  const range = isCurrent(request.headers['if-range'], entityTag)
    ? readRange(request.headers.range, size)
    : undefined;
  if (range === 'unsatisfiable') {
    throw new Refusal(416, 'RANGE_NOT_SATISFIABLE', `The file has ${size} bytes`, {
      headers: { 'content-range': `bytes */${size}` },
    });
  }
  const length = range ? range.end - range.start + 1 : size;
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
  reply.type(object.mimeType).header('content-length', String(length));
  if (request.method === 'HEAD') return reply.send();
  const blob = await blobs.get({ org: object.org, path: blobPath }, range ? { range } : {});
  if (!blob) throw notFound('The file');
  return reply.send(Readable.from(blob.body, { objectMode: false }));
}

function isCurrent(ifRange: string | string[] | undefined, entityTag: string): boolean {
  return ifRange === undefined || ifRange === entityTag;
}
