import type { FastifyReply, FastifyRequest } from 'fastify';
import { findEntity } from '../../entities/index.ts';
import { forbidden, notFound } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { readSignedPath } from '../links/object-link.ts';
import type { FileContent, FileObject } from '../store/file-object.ts';
import { findObject } from '../store/store.ts';
import { objectOfPath, type RoutePlatform } from './route-platform.ts';
import { sendObject } from './send-object.ts';

/** `GET /files/{org}/{id}`: the bytes behind a signed link of `downloadFile`. Answers 200, 206, 304, 403, 404, 416. */
export function downloadRoute({ database, blobs, secrets, clock }: RoutePlatform) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { org, id } = objectOfPath(request.params);
    const query = readSignedPath(secrets, 'files.download', { org, url: request.url, now: clock.now() });
    if (!query) throw forbidden('The link is not valid or has expired');
    const object = await findObject(database.tenant(org), id);
    // A link without a file is to bytes that were offered once, and never saved as one.
    if (!hasContent(object) || object.fileId !== (query.get('file') ?? undefined)) throw notFound('The file');
    const cacheControl = 'private, no-store';
    return sendObject(blobs, request, reply, { object, inline: query.get('inline') === '1', cacheControl });
  };
}

/** `GET /files/public/{org}/{id}/{filename}`: a version of a file with `access_control: public-read`. Answers 200, 206, 304, 404, 416. */
export function publicRoute({ database, blobs }: RoutePlatform) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { org, id } = objectOfPath(request.params);
    const tenant = database.tenant(org);
    const object = await findObject(tenant, id);
    if (!isSaved(object) || !(await isPublic(tenant, object.fileId))) throw notFound('The file');
    // A version never changes, but it may be closed again.
    return sendObject(blobs, request, reply, { object, inline: true, cacheControl: 'public, max-age=300' });
  };
}

type SavedObject = FileObject & { readonly content: FileContent; readonly fileId: string };

function hasContent(
  object: FileObject | undefined,
): object is FileObject & { readonly content: FileContent } {
  return object?.content !== undefined;
}

function isSaved(object: FileObject | undefined): object is SavedObject {
  return hasContent(object) && object.fileId !== undefined;
}

/** The entity says it, whoever has written it; one in the recycle bin is closed. */
async function isPublic(queries: TenantQueries, fileId: string): Promise<boolean> {
  const file = await findEntity(queries, fileId, 'file');
  return file?.doc['access_control'] === 'public-read';
}
