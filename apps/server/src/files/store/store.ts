import {
  type Queries,
  raw,
  type Sql,
  sql,
  type TenantQueries,
  type TenantTransaction,
} from '../../storage/index.ts';
import type { FileContent, FileObject } from './file-object.ts';

interface ObjectRow {
  org_id: string;
  id: string;
  filename: string;
  mime_type: string;
  holder: string;
  blob_path: string | null;
  size_bytes: number | null;
  etag: string | null;
  sniffed_type: string | null;
  file_id: string | null;
}

const COLUMNS: Sql = raw(
  'o.org_id, o.id, o.filename, o.mime_type, o.holder, o.blob_path, o.size_bytes, o.etag, o.sniffed_type, o.file_id',
);

/** Adds an upload that waits for its bytes. `now` is UTC. */
export async function insertObject(
  queries: TenantQueries,
  object: Pick<FileObject, 'id' | 'filename' | 'mimeType' | 'holder'>,
  now: Date,
): Promise<void> {
  await queries.run(sql`
    insert into file_object (org_id, id, filename, mime_type, holder, created_at)
    values (${queries.org}, ${object.id}, ${object.filename}, ${object.mimeType}, ${object.holder}, ${now})`);
}

/** One object that is not on its way out. */
export async function findObject(queries: TenantQueries, id: string): Promise<FileObject | undefined> {
  const row = await queries.first<ObjectRow>(sql`
    select ${COLUMNS} from file_object o where o.org_id = ${queries.org} and o.id = ${id} and o.doomed_at is null`);
  return row && fromRow(row);
}

/** The same, and nobody else can save it or give it other bytes until the transaction ends. */
export async function lockObject(tx: TenantTransaction, id: string): Promise<FileObject | undefined> {
  const row = await tx.first<ObjectRow>(sql`
    select ${COLUMNS} from file_object o
     where o.org_id = ${tx.org} and o.id = ${id} and o.doomed_at is null for update`);
  return row && fromRow(row);
}

/** Whether an upload took its bytes, and where those lie that they replaced. */
export interface ContentTaken {
  readonly taken: boolean;
  readonly replaced: string | undefined;
}

/** Gives an upload its bytes; a saved one does not take them any more. */
export async function setContent(
  queries: TenantQueries,
  id: string,
  content: FileContent,
): Promise<ContentTaken> {
  const row = await queries.first<{ replaced: string | null }>(sql`
    with before as (
      select blob_path from file_object
       where org_id = ${queries.org} and id = ${id} and file_id is null and doomed_at is null for update)
    update file_object o
       set blob_path = ${content.blobPath}, size_bytes = ${content.size}, etag = ${content.etag},
           sniffed_type = ${content.sniffedType ?? null}
      from before where o.org_id = ${queries.org} and o.id = ${id}
    returning before.blob_path as replaced`);
  return { taken: row !== undefined, replaced: row?.replaced ?? undefined };
}

/** Makes uploads versions of a file. */
export async function saveObjects(
  tx: TenantTransaction,
  ids: readonly string[],
  fileId: string,
): Promise<void> {
  await tx.run(sql`
    update file_object set file_id = ${fileId} where org_id = ${tx.org} and id = any(${[...ids]}::uuid[])`);
}

/** Gives up the bytes of files; housekeeping removes them. `now` is UTC. */
export async function doomObjects(
  tx: TenantTransaction,
  fileIds: readonly string[],
  now: Date,
): Promise<void> {
  await tx.run(sql`
    update file_object set doomed_at = ${now}
     where org_id = ${tx.org} and file_id = any(${[...fileIds]}::uuid[]) and doomed_at is null`);
}

/** Objects of all organisations whose bytes may go: given up, or uploaded before `unsavedBefore` and never saved. */
export async function disposableObjects(
  queries: Queries,
  unsavedBefore: Date,
  limit: number,
): Promise<FileObject[]> {
  const rows = await queries.query<ObjectRow>(sql`
    (select ${COLUMNS} from file_object o where o.file_id is null and o.created_at < ${unsavedBefore} limit ${limit})
    union
    (select ${COLUMNS} from file_object o where o.doomed_at is not null limit ${limit})`);
  return rows.map(fromRow);
}

/** Forgets an object whose bytes are gone. */
export async function deleteObject(queries: Queries, { org, id }: FileObject): Promise<void> {
  await queries.run(sql`delete from file_object where org_id = ${org} and id = ${id}`);
}

function fromRow(row: ObjectRow): FileObject {
  const { blob_path: blobPath, size_bytes: size, etag } = row;
  const isThere = blobPath !== null && size !== null && etag !== null;
  return {
    org: row.org_id,
    id: row.id,
    filename: row.filename,
    mimeType: row.mime_type,
    holder: row.holder,
    content: isThere ? { blobPath, size, etag, sniffedType: row.sniffed_type ?? undefined } : undefined,
    fileId: row.file_id ?? undefined,
  };
}
