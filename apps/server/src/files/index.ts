export { contradictsName, extensionOf, type FileType, mimeTypeOf } from './content/file-kind.ts';
export { sniff } from './content/sniff.ts';
export {
  type ArrivedUpload,
  Files,
  type IssuedUpload,
  type StoredContent,
  type UploadWish,
} from './files.ts';
export { holderOf } from './holder.ts';
export { fileHousekeeping } from './housekeeping.ts';
export { signCustomDownloadUrl, verifySignature } from './links/custom-download-url.ts';
export type { DownloadWish } from './links/download-url.ts';
export { fileOperations } from './operations/file-operations.ts';
export { purgedFilesListener } from './purged-files.ts';
export { fileRoutes } from './routes/file-routes.ts';
export type { FileRelation, SaveWish } from './save-file.ts';
export { refOfKey, type S3Ref } from './store/file-object.ts';
