import { raw, type Sql, sql, type TenantTransaction } from '../../storage/index.ts';
import type { Entity } from '../model/entity.ts';
import { ENTITY_COLUMNS, type EntityRow, entityFromRow } from '../model/entity-row.ts';
import type { OrganisationSchemas } from '../schemas/schema-catalogue.ts';
import { sentRelationItems } from './array-attributes.ts';
import type { EntityChange } from './entity-change.ts';
import { isEntityId, relationWishes, rewrittenByPairs } from './relation-wishes.ts';
import { type KnownTarget, WorkingSet } from './working-set.ts';

/** A wish with the id of its entity, also for one that is still to be created. */
export type IdentifiedChange = EntityChange & { readonly id: string };

const LOCK = sql`for no key update`;
/** Relating to an entity takes a key share lock: holding rows that are to be purged like this, nobody can begin to refer to them. */
const LOCK_FOR_PURGE = sql`for update`;
const SAVEPOINT = raw('working_set');

/**
 * Loads and locks what the changes need: the changed entities, the other sides of reverse pairs with the partners that a `has_one`
 * displaces, and what refers to a purged entity. Other relation targets are only kept from being purged meanwhile. A handful of
 * statements, however many changes; one for changes that touch no relation.
 *
 * Everything is locked by one statement in the order of ids, so that opposite writes do not wait for each other in a circle. Which entities
 * are needed is read beforehand without locks; when it turns out under the locks that one is missing, all of them are given back and taken
 * again together with it.
 */
export async function loadWorkingSet(
  tx: TenantTransaction,
  schemas: OrganisationSchemas,
  changes: readonly IdentifiedChange[],
): Promise<WorkingSet> {
  const existing = changes.filter((change) => change.kind !== 'create' && isEntityId(change.id));
  const purged = existing.filter(({ kind }) => kind === 'purge').map(({ id }) => id);
  const strength = purged.length > 0 ? LOCK_FOR_PURGE : LOCK;
  const needed = new Set(existing.map(({ id }) => id));
  if (!changes.some((change) => mayRewriteOthers(schemas, change))) {
    return locked(tx, schemas, needed, strength, new Map());
  }
  const preview = await readUnlocked(tx, schemas, changes);
  const targets = new Map(
    preview.ids().flatMap((id): [string, KnownTarget][] => {
      const schema = preview.schemaOf(id)?.slug;
      return schema === undefined ? [] : [[id, { schema, isDeleted: false }]];
    }),
  );
  addAll(needed, rewritten(preview, changes));
  addAll(needed, await readReferring(tx, purged));
  const set = await lockInOrder(tx, needed, async () => {
    const candidate = await locked(tx, schemas, needed, strength, targets);
    const missing = [...rewritten(candidate, changes), ...(await readReferring(tx, purged))];
    return { candidate, missing };
  });
  await keepFromPurge(tx, set, changes);
  return set;
}

/** Locks what is `needed`; as long as that shows that more is missing, gives the locks back and takes them again with it. */
async function lockInOrder(
  tx: TenantTransaction,
  needed: Set<string>,
  attempt: () => Promise<{ candidate: WorkingSet; missing: readonly string[] }>,
): Promise<WorkingSet> {
  if (needed.size === 0) return (await attempt()).candidate;
  for (;;) {
    await tx.run(sql`savepoint ${SAVEPOINT}`);
    const { candidate, missing } = await attempt();
    if (addAll(needed, missing) === 0) {
      await tx.run(sql`release savepoint ${SAVEPOINT}`);
      return candidate;
    }
    await tx.run(sql`rollback to savepoint ${SAVEPOINT}`);
  }
}

/** Answers how many of the ids were new. */
function addAll(ids: Set<string>, more: readonly string[]): number {
  const before = ids.size;
  for (const id of more) ids.add(id);
  return ids.size - before;
}

/** Whether a change may rewrite entities beside its own; without the stored document rather yes than no. */
function mayRewriteOthers(schemas: OrganisationSchemas, change: IdentifiedChange): boolean {
  switch (change.kind) {
    case 'create':
    case 'patch': {
      const schema = schemas.find(change.schema ?? '');
      return Object.entries(change.attributes).some(
        ([name, value]) =>
          sentRelationItems(value).length > 0 ||
          (change.kind === 'patch' && (!schema || schema.attribute(name)?.type === 'relation')),
      );
    }
    case 'delete':
    case 'restore':
      return false;
    default:
      return true;
  }
}

/** The changed entities and the relation targets that are sent, as they stand. */
async function readUnlocked(
  tx: TenantTransaction,
  schemas: OrganisationSchemas,
  changes: readonly IdentifiedChange[],
): Promise<WorkingSet> {
  const preview = new WorkingSet(schemas);
  const stored = changes.filter(({ kind, id }) => kind !== 'create' && isEntityId(id)).map(({ id }) => id);
  const ids = unique([...stored, ...changes.flatMap((change) => sentIds(preview, change))]);
  for (const entity of await readEntities(tx, ids, sql``)) preview.addLoaded(entity);
  // What a stored changeset proposes is known only now.
  const proposed = unique(changes.flatMap((change) => sentIds(preview, change))).filter(
    (id) => !ids.includes(id),
  );
  for (const entity of await readEntities(tx, proposed, sql``)) preview.addLoaded(entity);
  return preview;
}

function sentIds(set: WorkingSet, change: IdentifiedChange): string[] {
  const stored = set.current(change.id)?.doc ?? {};
  return relationWishes(change, stored, set.schemaOf(change.id)).flatMap(({ ids }) => ids);
}

/** The ids of other entities that the changes rewrite, as far as the entities in the set tell. */
function rewritten(set: WorkingSet, changes: readonly IdentifiedChange[]): string[] {
  // Later changes may change again what earlier ones create.
  const created = new Map(
    changes.flatMap((change) => (change.kind === 'create' ? [[change.id, change.schema]] : [])),
  );
  return changes.flatMap((change) => {
    const schema = set.schemaOf(change.id) ?? set.schemas.find(created.get(change.id) ?? '');
    return schema ? rewrittenByPairs(set, change, schema, set.current(change.id)?.doc ?? {}) : [];
  });
}

async function readReferring(tx: TenantTransaction, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<{ from_id: string }>(
    sql`select distinct from_id from entity_edge where org_id = ${tx.org} and to_id = any(${unique(ids)}::uuid[])`,
  );
  return rows.map((row) => row.from_id);
}

/** A working set of the entities with these ids, locked in the order of their ids. */
async function locked(
  tx: TenantTransaction,
  schemas: OrganisationSchemas,
  ids: ReadonlySet<string>,
  strength: Sql,
  targets: ReadonlyMap<string, KnownTarget>,
): Promise<WorkingSet> {
  const set = new WorkingSet(schemas);
  for (const [id, target] of targets) set.addTarget(id, target);
  for (const entity of await readEntities(tx, unique([...ids]), strength)) set.addLoaded(entity);
  return set;
}

async function readEntities(tx: TenantTransaction, ids: readonly string[], strength: Sql): Promise<Entity[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<EntityRow>(sql`
    select ${ENTITY_COLUMNS} from entity e
     where e.org_id = ${tx.org} and e.id = any(${[...ids]}::uuid[]) order by e.id ${strength}`);
  return rows.map(entityFromRow);
}

/** The remaining targets: they must exist when this transaction commits, and may change in every other way. */
async function keepFromPurge(
  tx: TenantTransaction,
  set: WorkingSet,
  changes: readonly IdentifiedChange[],
): Promise<void> {
  const ids = unique(changes.flatMap((change) => sentIds(set, change))).filter((id) => !set.has(id));
  if (ids.length === 0) return;
  const rows = await tx.query<{ id: string; schema: string; is_deleted: boolean }>(sql`
    select id, schema, deleted_at is not null as is_deleted from entity
     where org_id = ${tx.org} and id = any(${ids}::uuid[]) order by id for key share`);
  const found = new Map(rows.map((row) => [row.id, { schema: row.schema, isDeleted: row.is_deleted }]));
  for (const id of ids) set.addTarget(id, found.get(id));
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort();
}
