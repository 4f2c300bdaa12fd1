/**
 * `INVALID_KEY`: organisation or path cannot be a key. `INVALID_CONTENT_TYPE`: no media type. `TOO_LARGE`: more bytes than allowed. `RANGE_NOT_SATISFIABLE`: the range starts behind
 * the last byte. `UNAVAILABLE`: the store did not answer as it should. `CORRUPT`: what was read is not what was written.
 */
export type BlobErrorCode =
  | 'INVALID_KEY'
  | 'INVALID_CONTENT_TYPE'
  | 'TOO_LARGE'
  | 'RANGE_NOT_SATISFIABLE'
  | 'UNAVAILABLE'
  | 'CORRUPT';

/** Why a blob could not be stored or read. */
export class BlobError extends Error {
  readonly code: BlobErrorCode;

  constructor(code: BlobErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BlobError';
    this.code = code;
  }
}
