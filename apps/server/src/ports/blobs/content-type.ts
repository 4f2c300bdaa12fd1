import { BlobError } from './blob-error.ts';

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** Checks a content type as far as every store can keep and send it. @throws BlobError `INVALID_CONTENT_TYPE` */
export function checkContentType(contentType: string): void {
  if (!PRINTABLE.test(contentType))
    throw new BlobError('INVALID_CONTENT_TYPE', 'The content type of a blob is malformed');
}
