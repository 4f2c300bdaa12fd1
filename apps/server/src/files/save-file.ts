import { randomUUID } from 'node:crypto';
import {
  type Document,
  type Entity,
  type EntityChange,
  type EntityGraph,
  findEntity,
  getEntity,
  type WriteOptions,
} from '../entities/index.ts';
import { invalid, notFound } from '../refusal.ts';
import type { TenantTransaction } from '../storage/index.ts';
import { fileTypeOf, mimeTypeOf, readableSize } from './content/file-kind.ts';
import { filenameProblem } from './content/filename.ts';
import type { ArrivedUpload } from './files.ts';
import { permanentRef, type S3Ref, versionOf } from './store/file-object.ts';
import { saveObjects } from './store/store.ts';

/** An entity that shows a file among its `_files`. */
export interface FileRelation {
  readonly entityId: string;
  /** A check: the entity must have it. */
  readonly schema?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** What is to become of a file. */
export interface SaveWish {
  /** The file to change; undefined for a new one. */
  readonly id?: string | undefined;
  /** Uploads that become versions, the last of them the newest. */
  readonly s3refs: readonly S3Ref[];
  /** Attributes of the file entity; those the server sets are ignored. */
  readonly attributes: Document;
  readonly relations: readonly FileRelation[];
  /** Only the versions change, the other attributes stay. */
  readonly versionOnly?: boolean | undefined;
}

interface Platform {
  readonly graph: EntityGraph;
  readonly baseUrl: string;
}

/** What only the server writes, or what means something else in a request. */
const NOT_TAKEN: ReadonlySet<string> = new Set([
  ...['size_bytes', 'readable_size', 'etag', 'public_url', 'versions', 's3ref'],
  ...['_id', 'file_entity_id', 'relations', '__additional'],
]);

/**
 * Creates or changes a file entity, makes its uploads versions (the newest first), and relates it to entities (contract operation `saveFileV2`).
 * @throws Refusal 404 for unknown files and related entities, 400 for a file without a name or bytes
 */
export async function saveFile(
  tx: TenantTransaction,
  { graph, baseUrl }: Platform,
  wish: SaveWish & { readonly versions: readonly ArrivedUpload[] },
  options: WriteOptions,
): Promise<Entity> {
  const before = wish.id === undefined ? undefined : await findEntity(tx, wish.id, 'file');
  if (wish.id !== undefined && !before) throw notFound('The file', 'ENTITY_NOT_FOUND');
  const attributes = attributesOf(wish, before, baseUrl);
  const id = before?.id ?? randomUUID();
  if (before) await graph.patch(tx, { id, schema: 'file', attributes }, options);
  // A new file and its relations are one write, so that `FileCreated` tells what the file belongs to.
  const created: EntityChange[] = before ? [] : [{ kind: 'create', id, schema: 'file', attributes }];
  await writeAll(tx, graph, [...created, ...wish.relations.map((relation) => relate(id, relation))], options);
  await saveObjects(
    tx,
    wish.versions.map((version) => version.id),
    id,
  );
  const entity = await getEntity(tx, 'file', id);
  return entity;
}

async function writeAll(
  tx: TenantTransaction,
  graph: EntityGraph,
  changes: readonly EntityChange[],
  options: WriteOptions,
): Promise<void> {
  if (changes.length === 0) return;
  const results = await graph.write(tx, changes, { ...options, direct: true, arrayOperations: true });
  for (const result of results) if (result.outcome === 'refused') throw result.refusal;
}

/** Where everybody can have a public file's version; it stays the same as long as the version exists. */
function publicUrlOf(baseUrl: string, { org, id, filename }: ArrivedUpload): string {
  return `${baseUrl}/files/public/${org}/${id}/${encodeURIComponent(filename)}`;
}

function attributesOf(
  wish: SaveWish & { readonly versions: readonly ArrivedUpload[] },
  before: Entity | undefined,
  baseUrl: string,
): Document {
  const own = wish.versionOnly && before ? {} : ownAttributes(wish, before);
  const older: readonly unknown[] = Array.isArray(before?.doc['versions']) ? before.doc['versions'] : [];
  const newer = wish.versions.map((object) => versionOf(object, object.content)).reverse();
  const newest = wish.versions.at(-1);
  const access = own['access_control'] ?? before?.doc['access_control'];
  return {
    ...own,
    ...(newer.length > 0 || !before ? { versions: [...newer, ...older] } : {}),
    ...(newest ? { s3ref: permanentRef(newest), ...contentAttributes(newest) } : {}),
    ...publicUrl(access, newest, before, baseUrl),
  };
}

function ownAttributes(
  wish: SaveWish & { readonly versions: readonly ArrivedUpload[] },
  before: Entity | undefined,
): Document {
  const sent = Object.fromEntries(Object.entries(wish.attributes).filter(([name]) => !NOT_TAKEN.has(name)));
  const newest = wish.versions.at(-1);
  const filename = sent['filename'] ?? before?.doc['filename'] ?? newest?.filename;
  if (typeof filename !== 'string') throw invalid({ path: 'body.filename', message: 'is required' });
  const problem = filenameProblem(filename);
  if (problem !== undefined) throw invalid({ path: 'body.filename', message: problem });
  const external = sent['custom_download_url'] ?? before?.doc['custom_download_url'];
  if (!before && !newest && external === undefined) {
    throw invalid({ path: 'body', message: 'needs s3ref, source_url or custom_download_url' });
  }
  const mimeType = sent['mime_type'] ?? newest?.mimeType ?? before?.doc['mime_type'] ?? mimeTypeOf(filename);
  return {
    access_control: 'private',
    ...(before ? { access_control: before.doc['access_control'] ?? 'private' } : {}),
    type: before?.doc['type'] ?? fileTypeOf(filename, String(mimeType ?? '')),
    ...sent,
    filename,
    ...(mimeType === undefined ? {} : { mime_type: mimeType }),
  };
}

function contentAttributes({ content: { size, etag } }: ArrivedUpload): Document {
  return { size_bytes: size, readable_size: readableSize(size), etag };
}

function publicUrl(
  access: unknown,
  newest: ArrivedUpload | undefined,
  before: Entity | undefined,
  baseUrl: string,
): Document {
  if (access !== 'public-read') return before?.doc['public_url'] === undefined ? {} : { public_url: null };
  if (newest) return { public_url: publicUrlOf(baseUrl, newest) };
  const ref = before?.doc['s3ref'];
  const key = typeof ref === 'object' && ref !== null && 'key' in ref ? ref.key : undefined;
  return typeof key === 'string' ? { public_url: `${baseUrl}/files/public/${key}` } : {};
}

/** Files stand on the side of what they belong to, in its `_files` (entities.md 3.1). */
function relate(fileId: string, { entityId, schema, tags }: FileRelation): EntityChange {
  const item = { entity_id: fileId, _schema: 'file', ...(tags ? { _tags: tags } : {}) };
  return {
    kind: 'patch',
    id: entityId,
    ...(schema === undefined ? {} : { schema }),
    attributes: { _files: { $relation: { _append: [item] } } },
  };
}
