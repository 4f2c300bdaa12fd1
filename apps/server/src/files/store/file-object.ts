import type { Document } from '../../entities/index.ts';
import { readableSize } from '../content/file-kind.ts';

/** The name of our only bucket; on the wire it stands where others have a bucket of S3 (portal.md 6.2). */
export const BUCKET = 'busbar';

/** Where bytes lie, as clients name it (contract schema `S3Ref`). */
export interface S3Ref {
  readonly bucket: string;
  readonly key: string;
}

/** An upload, and once it is saved a version of a file. */
export interface FileObject {
  readonly org: string;
  readonly id: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly holder: string;
  /** The bytes; undefined until they have been uploaded. */
  readonly content: FileContent | undefined;
  /** The file entity it is a version of. */
  readonly fileId: string | undefined;
}

export interface FileContent {
  readonly blobPath: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
  /** What the first bytes tell (see `sniff`). */
  readonly sniffedType: string | undefined;
}

/** The reference of an upload that is not saved yet. The key keeps the filename percent-encoded. */
export function temporaryRef({ org, id, filename }: Pick<FileObject, 'org' | 'id' | 'filename'>): S3Ref {
  return { bucket: BUCKET, key: `${org}/temp/${id}/${encodeURIComponent(filename)}` };
}

/** The reference behind a key, where a client sends nothing but that. */
export function refOfKey(key: string): S3Ref {
  return { bucket: BUCKET, key };
}

/** The reference of a saved object. */
export function permanentRef({ org, id, filename }: Pick<FileObject, 'org' | 'id' | 'filename'>): S3Ref {
  return { bucket: BUCKET, key: `${org}/${id}/${encodeURIComponent(filename)}` };
}

/** The object a reference means; undefined when it is none of ours. The filename is compared by whoever loads the object. */
export function objectIdOf(org: string, { bucket, key }: S3Ref): string | undefined {
  const match = /^([^/]+)\/(?:temp\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/[^/]+$/.exec(key);
  return bucket === BUCKET && match?.[1] === org ? match[2] : undefined;
}

/** Whether a reference is that of an upload that is not saved yet. */
export function isTemporary({ key }: S3Ref): boolean {
  return key.split('/', 2)[1] === 'temp';
}

/** A version as the contract shows it (schema `FileItem`). */
export function versionOf(object: FileObject, content: FileContent): Document {
  return {
    s3ref: permanentRef(object),
    filename: object.filename,
    size_bytes: content.size,
    readable_size: readableSize(content.size),
    mime_type: object.mimeType,
    etag: content.etag,
  };
}
