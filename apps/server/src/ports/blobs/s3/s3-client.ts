import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import type { Clock } from '../../clock.ts';
import { BlobError } from '../blob-error.ts';
import { canonicalQuery, type S3Credentials, signHeaders, signQuery, uriEncode } from './signature-v4.ts';

export interface S3Bucket {
  /** `https://s3.eu-central-1.amazonaws.com`, `http://127.0.0.1:9000` ... without path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly credentials: S3Credentials;
  /** `true`: `endpoint/bucket/key`, as most self-hosted stores want it; `false`: `bucket.endpoint/key`. */
  readonly pathStyle: boolean;
}

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Object key; the bucket itself when absent. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly size: number; readonly hash: string; open(): Uint8Array | Readable };
}

export interface S3Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

const EMPTY_HASH = createHash('sha256').digest('hex');
/** Without a sign of life for so long, the store counts as gone; milliseconds. */
const SILENCE_MS = 30_000;

/** Signs and sends requests to one bucket. */
export class S3Client {
  readonly #bucket: S3Bucket;
  readonly #clock: Clock;
  readonly #origin: URL;
  readonly #pool: Pool;

  constructor(bucket: S3Bucket, clock: Clock) {
    this.#bucket = bucket;
    this.#clock = clock;
    this.#origin = new URL(bucket.endpoint);
    if (!bucket.pathStyle) this.#origin.hostname = `${bucket.bucket}.${this.#origin.hostname}`;
    this.#pool = new Pool(this.#origin.origin, {
      allowH2: false,
      connections: 64,
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
    });
  }

  /**
   * Sends a request. The body of the response must be read or destroyed.
   * @throws BlobError `UNAVAILABLE` when the store does not answer; every status is returned
   */
  async send({ method, key, query = {}, headers = {}, body }: S3Request): Promise<S3Response> {
    const path = this.#path(key);
    const unsigned = { host: this.#origin.host, ...headers };
    const signed = signHeaders(
      { method, path, query, headers: unsigned },
      body?.hash ?? EMPTY_HASH,
      this.#scope(),
    );
    const search = canonicalQuery(query);
    try {
      const response = await this.#pool.request({
        method,
        path: search === '' ? path : `${path}?${search}`,
        headers: body ? { ...signed, 'content-length': String(body.size) } : signed,
        body: body?.open() ?? null,
      });
      // A body that is thrown away fails; whoever reads one meets its errors there.
      response.body.on('error', () => {});
      return { status: response.statusCode, headers: response.headers, body: response.body };
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  /** A link that works without the credentials until it expires. */
  presign(method: string, key: string, expiresInSeconds: number): string {
    const path = this.#path(key);
    const query = signQuery(
      { method, path, query: {}, headers: { host: this.#origin.host } },
      expiresInSeconds,
      this.#scope(),
    );
    return `${this.#origin.origin}${path}?${query}`;
  }

  /** Closes connections; running requests finish. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  #path(key: string | undefined): string {
    const bucket = this.#bucket.pathStyle ? `/${uriEncode(this.#bucket.bucket)}` : '';
    return key === undefined ? bucket || '/' : `${bucket}/${key.split('/').map(uriEncode).join('/')}`;
  }

  #scope() {
    return { credentials: this.#bucket.credentials, region: this.#bucket.region, at: this.#clock.now() };
  }
}

/** The error for a store that fails. */
export function unavailable(cause: unknown): BlobError {
  return cause instanceof BlobError
    ? cause
    : new BlobError('UNAVAILABLE', 'The blob store does not answer', { cause });
}
