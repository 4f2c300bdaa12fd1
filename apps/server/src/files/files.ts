import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Document, Entity, EntityGraph, WriteOptions } from '../entities/index.ts';
import type { BlobBody, BlobStore, Clock, SecretBox } from '../ports/index.ts';
import { invalid, notFound, unprocessable } from '../refusal.ts';
import type { TenantQueries, TenantTransaction } from '../storage/index.ts';
import { contradictsName, mimeTypeOf } from './content/file-kind.ts';
import { filenameProblem } from './content/filename.ts';
import { storeBytes } from './content/store-bytes.ts';
import { LINK_MILLISECONDS, verifySignature } from './links/custom-download-url.ts';
import { type DownloadWish, downloadUrlOf, refOfVersion } from './links/download-url.ts';
import { signPath } from './links/object-link.ts';
import { Previews } from './previews/previews.ts';
import { type SaveWish, saveFile } from './save-file.ts';
import {
  type FileContent,
  type FileObject,
  objectIdOf,
  type S3Ref,
  temporaryRef,
} from './store/file-object.ts';
import { findObject, insertObject, lockObject, setContent } from './store/store.ts';

/** What the file domain is built on. */
export interface FilesPlatform {
  readonly graph: EntityGraph;
  readonly blobs: BlobStore;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  /** Public URL of the server without a slash at the end. */
  readonly baseUrl: string;
}

/** An upload as it was announced. */
export interface UploadWish {
  readonly filename: string;
  /** Default: that of the name's extension, else `application/octet-stream`. */
  readonly mimeType?: string | undefined;
}

/** A new upload: where to PUT the bytes within 15 minutes, and what to name it by afterwards. */
export interface IssuedUpload {
  readonly s3ref: S3Ref;
  readonly uploadUrl: string;
}

/** An upload whose bytes have arrived. */
export type ArrivedUpload = FileObject & { readonly content: FileContent };

/** The stored bytes of a file's version. */
export interface StoredContent {
  /** Never means other bytes. */
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** The bytes; undefined when the blob store has lost them. */
  read(): Promise<Uint8Array | undefined>;
}

/** Holder of what is offered for download: no principal can save it as a file. */
const NOBODY = 'nobody';
const ANYTHING = 'application/octet-stream';
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:;[\x20-\x7e]{0,100})?$/;

/** Files for the whole server: uploads, saving them as versions of file entities, links to their bytes. */
export class Files {
  readonly #platform: FilesPlatform;
  readonly #previews: Previews;

  constructor(platform: FilesPlatform) {
    this.#platform = platform;
    this.#previews = new Previews(platform.blobs);
  }

  /**
   * Announces an upload; only `holder` can save it later, within a week (entities.md 8).
   * @throws Refusal 400 for names and media types that are none
   */
  async issueUpload(queries: TenantQueries, wish: UploadWish, holder: string): Promise<IssuedUpload> {
    const { clock, secrets, baseUrl } = this.#platform;
    const object = await this.#announce(queries, wish, holder);
    const path = signPath(secrets, 'files.upload', {
      org: queries.org,
      path: `/uploads/${queries.org}/${object.id}`,
      query: new URLSearchParams(),
      expiresAt: clock.now().getTime() + LINK_MILLISECONDS,
    });
    return { s3ref: temporaryRef(object), uploadUrl: `${baseUrl}${path}` };
  }

  /**
   * Stores bytes as an upload of `holder`, as if they had been PUT. Must not run inside a transaction: it waits for the blob store.
   * @throws Refusal 400 for names that are none; BlobError `TOO_LARGE`
   */
  async upload(queries: TenantQueries, wish: UploadWish, holder: string, body: BlobBody): Promise<S3Ref> {
    const object = await this.#announce(queries, wish, holder);
    await setContent(queries, object.id, await storeBytes(this.#platform.blobs, object, body));
    return temporaryRef(object);
  }

  /**
   * The upload behind a reference, if it was issued to `holder`, its bytes are there, and nobody has saved it (portal.md 6.2).
   * @throws Refusal 404 `UPLOAD_NOT_FOUND`
   */
  async arrivedUpload(queries: TenantQueries, s3ref: S3Ref, holder: string): Promise<ArrivedUpload> {
    const id = objectIdOf(queries.org, s3ref);
    return arrived(id === undefined ? undefined : await findObject(queries, id), s3ref, holder);
  }

  /**
   * Copies an upload, so that saving the copy leaves it as it is. Must not run inside a transaction: it waits for the blob store.
   * @throws Refusal 404 `UPLOAD_NOT_FOUND`
   */
  async copyUpload(queries: TenantQueries, s3ref: S3Ref, holder: string): Promise<S3Ref> {
    const { org, filename, mimeType, content } = await this.arrivedUpload(queries, s3ref, holder);
    const blob = await this.#platform.blobs.get({ org, path: content.blobPath });
    if (!blob) throw notFound('The upload', 'UPLOAD_NOT_FOUND');
    return this.upload(queries, { filename, mimeType }, holder, blob.body);
  }

  /**
   * Saves an upload as a new file or as a new version of one, or changes a file's attributes.
   * @throws Refusal 404 `UPLOAD_NOT_FOUND` and `ENTITY_NOT_FOUND`, 422 `CONTENT_CONTRADICTS_NAME`
   */
  async save(tx: TenantTransaction, wish: SaveWish, holder: string, options: WriteOptions): Promise<Entity> {
    const versions: ArrivedUpload[] = [];
    for (const s3ref of wish.s3refs) {
      const id = objectIdOf(tx.org, s3ref);
      const object = id === undefined ? undefined : await lockObject(tx, id);
      // Clients send back what they have read, the reference of the current version included.
      if (object?.fileId !== undefined && object.fileId === wish.id) continue;
      const version = arrived(object, s3ref, holder);
      refuseContradiction(version.filename, version);
      versions.push(version);
    }
    const { filename } = wish.attributes;
    const newest = versions.at(-1);
    if (newest && typeof filename === 'string' && !wish.versionOnly) refuseContradiction(filename, newest);
    return saveFile(tx, this.#platform, { ...wish, versions }, options);
  }

  /** The address a file's bytes can be had from: signed for 15 minutes, or where it lies outside; undefined when it has none. */
  downloadUrl(
    org: string,
    file: { readonly id: string; readonly doc: Document },
    wish: DownloadWish = {},
  ): string | undefined {
    const { secrets, clock, baseUrl } = this.#platform;
    return downloadUrlOf({ secrets, baseUrl, org, now: clock.now() }, file, wish);
  }

  /**
   * A JPEG of a file's version (0 is the newest), about as large as wished: `pixels` is the longer side. Undefined when its bytes do not lie
   * here or show nothing. Must not run inside a transaction: it waits for the blob store and a decoder.
   * @throws Refusal 503 `PREVIEW_UNAVAILABLE`
   */
  async preview(
    queries: TenantQueries,
    file: { readonly id: string; readonly doc: Document },
    { version = 0, pixels }: { readonly version?: number | undefined; readonly pixels?: number | undefined },
  ): Promise<Buffer | undefined> {
    const ref = refOfVersion(file.doc, version);
    const id = ref && objectIdOf(queries.org, ref);
    const object = id === undefined ? undefined : await findObject(queries, id);
    if (object?.content === undefined || object.fileId !== file.id) return undefined;
    return this.#previews.of({ ...object, content: object.content }, pixels);
  }

  /**
   * Stores bytes that somebody asked for once, such as an export, and gives a link to them for 15 minutes; they are cleared away with the
   * uploads that nobody saves. Must not run inside a transaction: it waits for the blob store.
   */
  async offer(
    queries: TenantQueries,
    wish: UploadWish,
    text: string,
  ): Promise<{ readonly url: string; readonly expiresAt: Date }> {
    const { clock, secrets, baseUrl, blobs } = this.#platform;
    const object = await this.#announce(queries, wish, NOBODY);
    await setContent(queries, object.id, await storeBytes(blobs, object, Buffer.from(text)));
    const expiresAt = clock.now().getTime() + LINK_MILLISECONDS;
    const path = signPath(secrets, 'files.download', {
      org: queries.org,
      path: `/files/${queries.org}/${object.id}`,
      query: new URLSearchParams(),
      expiresAt,
    });
    return { url: `${baseUrl}${path}`, expiresAt: new Date(expiresAt) };
  }

  /** The stored bytes of a file's newest version, by an id that never means other bytes; undefined when they do not lie here. */
  async newestContent(
    queries: TenantQueries,
    file: { readonly id: string; readonly doc: Document },
  ): Promise<StoredContent | undefined> {
    const ref = refOfVersion(file.doc, 0);
    const id = ref && objectIdOf(queries.org, ref);
    const object = id === undefined ? undefined : await findObject(queries, id);
    if (object?.content === undefined || object.fileId !== file.id) return undefined;
    const key = { org: queries.org, path: object.content.blobPath };
    return {
      id: object.id,
      size: object.content.size,
      read: async () => {
        const blob = await this.#platform.blobs.get(key);
        return blob && buffer(blob.body);
      },
    };
  }

  /** Whether an address leads to this server, so that tokens of its users may be sent there. */
  isOwnAddress(url: string): boolean {
    return URL.canParse(url) && new URL(url).origin === new URL(this.#platform.baseUrl).origin;
  }

  /** Whether an address outside was signed for this organisation and has not expired (erp-integration.md 12.3). */
  verifyDownloadUrl(org: string, url: string): boolean {
    return verifySignature(this.#platform.secrets, org, url, this.#platform.clock.now());
  }

  async #announce(queries: TenantQueries, { filename, mimeType }: UploadWish, holder: string) {
    const problem = filenameProblem(filename);
    if (problem !== undefined) throw invalid({ path: 'body.filename', message: problem });
    const declared = mimeType === undefined || mimeType === ANYTHING ? mimeTypeOf(filename) : mimeType;
    const object = { org: queries.org, id: randomUUID(), filename, mimeType: declared ?? ANYTHING, holder };
    if (!MEDIA_TYPE.test(object.mimeType))
      throw invalid({ path: 'body.mime_type', message: 'is no media type' });
    await insertObject(queries, object, this.#platform.clock.now());
    return object;
  }
}

function arrived(object: FileObject | undefined, s3ref: S3Ref, holder: string): ArrivedUpload {
  const isTheirs =
    object?.holder === holder && object.fileId === undefined && temporaryRef(object).key === s3ref.key;
  if (!isTheirs || !object.content) throw notFound('The upload', 'UPLOAD_NOT_FOUND');
  return { ...object, content: object.content };
}

function refuseContradiction(filename: string, { content }: ArrivedUpload): void {
  if (!contradictsName(filename, content.sniffedType)) return;
  throw unprocessable(`${filename} is not what its name says`, 'CONTENT_CONTRADICTS_NAME');
}
