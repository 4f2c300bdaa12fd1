import { sql, type TenantTransaction } from '../../storage/index.ts';
import { ENTITY_COLUMNS, type EntityRow, entityFromRow } from '../model/entity-row.ts';
import type { OrganisationSchemas } from '../schemas/schema-catalogue.ts';
import type { EntityChange } from './entity-change.ts';
import { isEntityId, relationWishes, rewrittenByPairs } from './relation-wishes.ts';
import { WorkingSet } from './working-set.ts';

/** A wish with the id of its entity, also for one that is still to be created. */
export type IdentifiedChange = EntityChange & { readonly id: string };

/**
 * Loads and locks what the changes need: the changed entities, the other sides of reverse pairs with the partners that a `has_one`
 * displaces, and what refers to a purged entity. Other relation targets are only kept from being purged meanwhile. At most eight
 * statements, however many changes; one for changes without relations.
 */
export async function loadWorkingSet(
  tx: TenantTransaction,
  schemas: OrganisationSchemas,
  changes: readonly IdentifiedChange[],
): Promise<WorkingSet> {
  const set = new WorkingSet(schemas);
  const existing = changes.filter((change) => change.kind !== 'create' && isEntityId(change.id));
  const changed = existing.map(({ id }) => id);
  // Relating to an entity takes a key share lock: holding the purged rows `for update` first, nobody can begin to refer to them.
  await lockForPurge(
    tx,
    set,
    existing.filter(({ kind }) => kind === 'purge').map(({ id }) => id),
  );
  const referring = await readReferring(
    tx,
    existing.filter(({ kind }) => kind === 'purge').map(({ id }) => id),
  );

  await readTargets(tx, set, changes);
  const likelyPartners = await likelyRewritten(tx, set, changes);
  await lock(tx, set, [...changed, ...referring, ...likelyPartners]);
  // Now that the documents are known and cannot change any more: the targets for certain, then the partners those displace.
  const created = new Map(
    changes.flatMap((change) => (change.kind === 'create' ? [[change.id, change.schema]] : [])),
  );
  await lock(tx, set, certainlyRewritten(set, changes, created));
  await lock(tx, set, certainlyRewritten(set, changes, created));
  await keepFromPurge(tx, set, changes);
  return set;
}

/** Learns the schemas of the relation targets, without a lock: a schema never changes. */
async function readTargets(
  tx: TenantTransaction,
  set: WorkingSet,
  changes: readonly IdentifiedChange[],
): Promise<void> {
  const ids = unique(changes.flatMap((change) => sentIds(set, change)));
  if (ids.length === 0) return;
  const rows = await tx.query<{ id: string; schema: string }>(
    sql`select id, schema from entity where org_id = ${tx.org} and id = any(${ids}::uuid[])`,
  );
  for (const row of rows) set.addTarget(row.id, { schema: row.schema, isDeleted: false });
}

function sentIds(set: WorkingSet, change: IdentifiedChange): string[] {
  const stored = set.current(change.id)?.doc ?? {};
  return relationWishes(change, stored, set.schemaOf(change.id)).flatMap(({ ids }) => ids);
}

/** Partners by the edges as they stand, so that nearly always one statement locks everything in one order. */
async function likelyRewritten(
  tx: TenantTransaction,
  set: WorkingSet,
  changes: readonly IdentifiedChange[],
): Promise<string[]> {
  const related = changes.filter((change) => sentIds(set, change).length > 0);
  const stored = related.filter(({ kind, id }) => kind !== 'create' && isEntityId(id)).map(({ id }) => id);
  const edges = stored.length === 0 ? [] : await readEdges(tx, stored);
  return related.flatMap((change) => {
    const own = edges.filter((edge) => edge.from_id === change.id);
    const slug = change.kind === 'create' ? change.schema : (change.schema ?? own[0]?.from_schema);
    const schema = set.schemas.find(slug ?? '');
    if (!schema) return [];
    const known = new Set(own.map((edge) => edge.to_id));
    return rewrittenByPairs(set, change, schema, {}).filter((id) => !known.has(id));
  });
}

/** `created` holds the schemas of the entities that the changes create, which later ones among them may change again. */
function certainlyRewritten(
  set: WorkingSet,
  changes: readonly IdentifiedChange[],
  created: ReadonlyMap<string, string>,
): string[] {
  const ids = changes.flatMap((change) => {
    const schema = set.schemaOf(change.id) ?? set.schemas.find(created.get(change.id) ?? '');
    return schema ? rewrittenByPairs(set, change, schema, set.current(change.id)?.doc ?? {}) : [];
  });
  return ids.filter((id) => !set.has(id));
}

async function readEdges(tx: TenantTransaction, ids: readonly string[]) {
  return tx.query<{ from_id: string; from_schema: string; to_id: string }>(sql`
    select from_id, from_schema, to_id from entity_edge where org_id = ${tx.org} and from_id = any(${unique(ids)}::uuid[])`);
}

async function readReferring(tx: TenantTransaction, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<{ from_id: string }>(
    sql`select distinct from_id from entity_edge where org_id = ${tx.org} and to_id = any(${unique(ids)}::uuid[])`,
  );
  return rows.map((row) => row.from_id);
}

async function lock(tx: TenantTransaction, set: WorkingSet, ids: readonly string[]): Promise<void> {
  const missing = unique(ids).filter((id) => !set.has(id));
  if (missing.length === 0) return;
  const rows = await tx.query<EntityRow>(sql`
    select ${ENTITY_COLUMNS} from entity e
     where e.org_id = ${tx.org} and e.id = any(${missing}::uuid[]) order by e.id for no key update`);
  for (const row of rows) set.addLoaded(entityFromRow(row));
}

async function lockForPurge(tx: TenantTransaction, set: WorkingSet, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await tx.query<EntityRow>(sql`
    select ${ENTITY_COLUMNS} from entity e
     where e.org_id = ${tx.org} and e.id = any(${unique(ids)}::uuid[]) order by e.id for update`);
  for (const row of rows) set.addLoaded(entityFromRow(row));
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
