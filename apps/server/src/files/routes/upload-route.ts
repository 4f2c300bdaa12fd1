import type { FastifyReply, FastifyRequest } from 'fastify';
import { BlobError } from '../../ports/index.ts';
import { forbidden, notFound, Refusal } from '../../refusal.ts';
import { storeBytes } from '../content/store-bytes.ts';
import { readSignedPath } from '../links/object-link.ts';
import { findObject, setContent } from '../store/store.ts';
import { objectOfPath, type RoutePlatform } from './route-platform.ts';

/**
 * `PUT /uploads/{org}/{id}`: takes the bytes of an announced upload. The signed link is all the authority it needs (portal.md 6.2); it counts
 * until the upload is saved or 15 minutes have passed. Answers 200 with the `ETag`, 403, 404, or 413 beyond 50 MiB.
 */
export function uploadRoute({ database, blobs, secrets, clock }: RoutePlatform) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { org, id } = objectOfPath(request.params);
    if (!readSignedPath(secrets, 'files.upload', { org, url: request.url, now: clock.now() })) {
      throw forbidden('The link is not valid or has expired');
    }
    const tenant = database.tenant(org);
    const object = await findObject(tenant, id);
    if (!object || object.fileId !== undefined) throw notFound('The upload', 'UPLOAD_NOT_FOUND');
    const body: unknown = request.body;
    const content = await storeBytes(blobs, object, isByteStream(body) ? body : new Uint8Array()).catch(
      refuseTooLarge,
    );
    const { taken, replaced } = await setContent(tenant, id, content);
    const useless = taken ? replaced : content.blobPath;
    if (useless !== undefined) await blobs.delete({ org, path: useless });
    if (!taken) throw notFound('The upload', 'UPLOAD_NOT_FOUND');
    return reply.code(200).header('etag', `"${content.etag}"`).send();
  };
}

function isByteStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

function refuseTooLarge(error: unknown): never {
  if (error instanceof BlobError && error.code === 'TOO_LARGE') {
    throw new Refusal(413, 'PAYLOAD_TOO_LARGE', 'A file may have 50 MiB');
  }
  throw error;
}
