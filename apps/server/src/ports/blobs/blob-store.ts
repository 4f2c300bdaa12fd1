/** Where a blob lies. The organisation is part of the key, so that no caller can forget it (identity.md 1.4). */
export interface BlobKey {
  /** Organisation id: 1 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly org: string;
  /** Segments separated by `/`, none of them empty, `.` or `..`; at most 700 bytes in UTF-8, no control characters. */
  readonly path: string;
}

export type BlobBody = Uint8Array | AsyncIterable<Uint8Array>;

export interface PutBlobOptions {
  /** Media type to give back on reading: 1 to 255 printable ASCII characters. */
  readonly contentType: string;
  /** Most bytes accepted; one more and nothing is stored. */
  readonly maxBytes: number;
}

export interface StoredBlob {
  /** Bytes. */
  readonly size: number;
  /** Opaque; equal content under the same store gives an equal tag. */
  readonly etag: string;
}

export interface BlobMeta extends StoredBlob {
  readonly contentType: string;
  /** When these bytes were stored (UTC). */
  readonly storedAt: Date;
}

/** A slice of the bytes, both ends included, as in an HTTP `Range`. An end beyond the last byte is cut. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

export interface BlobContent extends BlobMeta {
  /** The slice that `body` carries; the whole blob when no range was asked for. `end` is included. */
  readonly range: { readonly start: number; readonly end: number };
  /** The bytes. Must be read to the end or closed (`return()` of its iterator), or the file stays open. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface BlobListing extends StoredBlob {
  readonly path: string;
  readonly storedAt: Date;
}

export interface PresignOptions {
  readonly method: 'GET' | 'PUT';
  /** 1 second to 7 days. */
  readonly expiresInSeconds: number;
}

/** Keeps bytes under a key. Writing replaces the whole blob at once or not at all; readers never see a mixture. */
export interface BlobStore {
  /**
   * Stores a blob, replacing what was there.
   * @throws BlobError `INVALID_KEY`, `INVALID_CONTENT_TYPE`, `TOO_LARGE` (more than `maxBytes`; the old blob stays), `UNAVAILABLE`; errors of the source stream as they are
   */
  put(key: BlobKey, body: BlobBody, options: PutBlobOptions): Promise<StoredBlob>;
  /**
   * Opens a blob for reading; undefined when there is none.
   * @throws BlobError `INVALID_KEY`, `RANGE_NOT_SATISFIABLE`, `UNAVAILABLE`
   */
  get(key: BlobKey, options?: { readonly range?: ByteRange }): Promise<BlobContent | undefined>;
  /** Describes a blob; undefined when there is none. */
  head(key: BlobKey): Promise<BlobMeta | undefined>;
  /** Removes a blob; no error when there is none. */
  delete(key: BlobKey): Promise<void>;
  /** Lists the blobs of one organisation whose path starts with `prefix` (default: all), in no particular order. */
  list(org: string, prefix?: string): AsyncIterable<BlobListing>;
  /** A link that lets a client talk to the store directly, or undefined when only the server can reach it. */
  presign(key: BlobKey, options: PresignOptions): string | undefined;
}
