import { json, sql, type TenantTransaction } from '../../storage/index.ts';
import type { Entity } from '../model/entity.ts';
import { sameJson } from '../model/json-equality.ts';
import { type Edge, edgesOf, relationItems } from '../model/relation-items.ts';
import { entityWords, wordsVector } from '../words.ts';
import type { Draft, WorkingSet } from './working-set.ts';

/** Stores what a write has changed: new rows, changed rows, purged rows and the edges in step, in at most five statements. */
export async function storeDrafts(tx: TenantTransaction, set: WorkingSet): Promise<void> {
  const drafts = set.changedDrafts();
  const purged = drafts.filter((draft) => draft.current === undefined).map((draft) => draft.loaded?.id ?? '');
  await insertEntities(
    tx,
    drafts.filter((draft) => draft.loaded === undefined),
  );
  await updateEntities(
    tx,
    drafts.filter((draft) => draft.loaded !== undefined),
  );
  await removeEntities(tx, purged);
  await writeEdges(tx, set, drafts);
}

async function insertEntities(tx: TenantTransaction, drafts: readonly Draft[]): Promise<void> {
  const rows = drafts.flatMap(rowOf);
  if (rows.length === 0) return;
  await tx.run(sql`
    insert into entity (org_id, id, schema, doc, title, created_at, updated_at, deleted_at, words)
    select ${tx.org}, id, schema, doc, title, created_at, updated_at, deleted_at, words::tsvector
      from jsonb_to_recordset(${json(rows)}::jsonb) as e(id uuid, schema text, doc jsonb, title text,
           created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, words text)`);
}

async function updateEntities(tx: TenantTransaction, drafts: readonly Draft[]): Promise<void> {
  const rows = drafts.flatMap(rowOf);
  if (rows.length === 0) return;
  await tx.run(sql`
    update entity e set doc = n.doc, title = n.title, updated_at = n.updated_at, deleted_at = n.deleted_at, words = n.words::tsvector
      from jsonb_to_recordset(${json(rows)}::jsonb) as n(id uuid, doc jsonb, title text,
           updated_at timestamptz, deleted_at timestamptz, words text)
     where e.org_id = ${tx.org} and e.id = n.id`);
}

async function removeEntities(tx: TenantTransaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.run(sql`delete from entity where org_id = ${tx.org} and id = any(${[...ids]}::uuid[])`);
}

function rowOf({ schema, current }: Draft): object[] {
  if (!current) return [];
  const words = entityWords(schema, current.title, current.doc);
  return [
    {
      id: current.id,
      schema: current.schema,
      doc: current.doc,
      title: current.title,
      created_at: current.createdAt,
      updated_at: current.updatedAt,
      deleted_at: current.deletedAt ?? null,
      words: wordsVector(words),
    },
  ];
}

async function writeEdges(tx: TenantTransaction, set: WorkingSet, drafts: readonly Draft[]): Promise<void> {
  const changes = drafts.map((draft) => edgeChanges(set, draft));
  const gone = changes.flatMap((change) => change.gone);
  const kept = changes.flatMap((change) => change.kept);
  if (gone.length > 0) {
    await tx.run(sql`
      delete from entity_edge e using jsonb_to_recordset(${json(gone)}::jsonb) as g(from_id uuid, attribute text, to_id uuid)
       where e.org_id = ${tx.org} and e.from_id = g.from_id and e.attribute = g.attribute and e.to_id = g.to_id`);
  }
  if (kept.length === 0) return;
  await tx.run(sql`
    insert into entity_edge (org_id, from_id, from_schema, attribute, to_id, to_schema, position, tags)
    select ${tx.org}, from_id, from_schema, attribute, to_id, to_schema, position, tags
      from jsonb_to_recordset(${json(kept)}::jsonb) as k(from_id uuid, from_schema text, attribute text, to_id uuid,
           to_schema text, position integer, tags text[])
    on conflict (org_id, from_id, attribute, to_id) do update set position = excluded.position, tags = excluded.tags`);
}

/** The edges of a draft that have to go and those that are new or have moved; the stored edges are those of the loaded document. */
function edgeChanges(set: WorkingSet, draft: Draft): { gone: object[]; kept: object[] } {
  const before = new Map(edgesOf(draft.loaded?.doc ?? {}).map((edge) => [keyOf(edge), edge]));
  const after = new Map(edgesOf(draft.current?.doc ?? {}).map((edge) => [keyOf(edge), edge]));
  const entity = draft.current ?? draft.loaded;
  if (!entity) return { gone: [], kept: [] };
  return {
    gone: [...before]
      .filter(([key]) => !after.has(key))
      .map(([, edge]) => ({ from_id: entity.id, attribute: edge.attribute, to_id: edge.toId })),
    kept: [...after]
      .filter(([key, edge]) => !sameJson(before.get(key), edge))
      .map(([, edge]) => edgeRow(set, entity, edge)),
  };
}

function keyOf(edge: Edge): string {
  return `${edge.attribute} ${edge.toId}`;
}

function edgeRow(set: WorkingSet, entity: Entity, edge: Edge): object {
  return {
    from_id: entity.id,
    from_schema: entity.schema,
    attribute: edge.attribute,
    to_id: edge.toId,
    to_schema: set.target(edge.toId)?.schema ?? storedSchema(entity, edge),
    position: edge.position,
    tags: edge.tags,
  };
}

/** A target that only moved to another place was not loaded; its item names its schema. */
function storedSchema(entity: Entity, edge: Edge): string {
  const item = relationItems(entity.doc[edge.attribute])?.find(({ entity_id }) => entity_id === edge.toId);
  return item?._schema ?? '';
}
