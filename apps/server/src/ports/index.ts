export { BlobError, type BlobErrorCode } from './blobs/blob-error.ts';
export type {
  BlobBody,
  BlobContent,
  BlobKey,
  BlobListing,
  BlobMeta,
  BlobStore,
  ByteRange,
  PresignOptions,
  PutBlobOptions,
  StoredBlob,
} from './blobs/blob-store.ts';
export { createDiskBlobStore, type DiskBlobStoreOptions } from './blobs/disk/disk-blob-store.ts';
export { createMemoryBlobStore } from './blobs/memory-blob-store.ts';
export { createS3BlobStore, type S3BlobStore, type S3BlobStoreOptions } from './blobs/s3/s3-blob-store.ts';
export { type Clock, createSettableClock, type SettableClock, systemClock } from './clock.ts';
export type { CaaRecord, Dns, ResolvedAddress } from './dns/dns.ts';
export { DnsError, type DnsErrorCode } from './dns/dns-error.ts';
export { createSystemDns, type SystemDnsOptions } from './dns/system-dns.ts';
export { createTableDns, type TableDnsEntry } from './dns/table-dns.ts';
export { type AllowedTarget, parseAllowedTargets } from './egress/allowed-target.ts';
export { type Confinement, domainProblem, parseConfinement, rangeProblem } from './egress/confinement.ts';
export type {
  Egress,
  EgressRequest,
  EgressResponse,
  EgressRoute,
  EgressStream,
  EgressTimings,
} from './egress/egress.ts';
export { EgressError, type EgressErrorCode } from './egress/egress-error.ts';
export { createEgress, type EgressOptions } from './egress/guarded-egress.ts';
export { createFileOutbox, type FileOutboxOptions } from './mailer/file-outbox.ts';
export type { MailErrorCode } from './mailer/mail-error.ts';
export type { MailOutbox, OutboxMail } from './mailer/mail-outbox.ts';
export type { Mail, MailAddress, MailAttachment, Mailer, SentMail } from './mailer/mailer.ts';
export { createMemoryOutbox, type MemoryOutboxOptions } from './mailer/memory-outbox.ts';
export { createSmtpMailer, type SmtpOptions } from './mailer/smtp-mailer.ts';
export { createSecretBox } from './secrets/envelope-secret-box.ts';
export { type LoadedMasterKeys, loadMasterKeys, type MasterKeySource } from './secrets/load-master-keys.ts';
export type { MasterKey } from './secrets/master-key.ts';
export type { SecretBox, SecretContext } from './secrets/secret-box.ts';
export { SecretError, type SecretErrorCode } from './secrets/secret-error.ts';
export { newUlid } from './ulid.ts';
