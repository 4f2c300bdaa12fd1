-- The bytes behind files: one row per upload, which becomes a version of a file when it is saved.

create table file_object (
  org_id        text not null,
  id            uuid not null,
  filename      text not null,
  mime_type     text not null,
  -- Who asked for the upload; nobody else may save it.
  holder        text not null,
  created_at    timestamptz not null,
  -- Set once the bytes are there.
  blob_path     text,
  size_bytes    bigint,
  etag          text,
  sniffed_type  text,
  -- The file entity that it is a version of; null until it is saved.
  file_id       uuid,
  -- The bytes may go.
  doomed_at     timestamptz,
  primary key (org_id, id)
);
create index file_object_by_file on file_object (org_id, file_id) where file_id is not null;
create index file_object_unsaved on file_object (created_at) where file_id is null;
create index file_object_doomed on file_object (doomed_at) where doomed_at is not null;
