import { type Entity, type EntityRow, entityFromRow, isEntityId } from '../../entities/index.ts';
import { isOneOf, raw, type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import { type EntityReference, entitiesNearby, type Start } from './entities-nearby.ts';
import { entitiesInReach, type Reach } from './relation-gate.ts';

export type { EntityReference } from './entities-nearby.ts';

/** A stored entity and what the relation gate says of it. */
export interface FoundEntity {
  readonly entity: Entity;
  readonly isReached: boolean;
}

type WalkedRow = EntityRow & { readonly reached: boolean | null };
type NearbyRow = EntityRow & { readonly direct: boolean; readonly below: boolean; readonly under: boolean };

/** Schemas of which a look around says everything. */
const DECIDED: ReadonlySet<string> = new Set(['contact', 'portal_user']);

/** More neighbours than this are not bundled; searches page through them. */
const MOST_NEIGHBOURS = 1_000;

/**
 * Entities of known schemas by their ids; what is unknown, deleted or of another schema is undefined in its place. Those after the first may hang on it.
 */
export async function entitiesOfSchemas(
  queries: TenantQueries,
  reach: Reach,
  wanted: readonly EntityReference[],
): Promise<(FoundEntity | undefined)[]> {
  const ids = wanted.map(({ id }) => id.toLowerCase()).filter(isEntityId);
  if (ids.length === 0) return wanted.map(() => undefined);
  const schemas = [...new Set(wanted.map(({ schema }) => schema))];
  const found = await ofSchemas(queries, reach, ids, schemas);
  return wanted.map(({ schema, id }) =>
    found.find(({ entity }) => entity.schema === schema && entity.id === id.toLowerCase()),
  );
}

async function ofSchemas(
  queries: TenantQueries,
  reach: Reach,
  ids: readonly string[],
  schemas: readonly string[],
): Promise<FoundEntity[]> {
  const condition = sql`${hasOneOf(ids)} and e.schema = any(${[...schemas]}::text[])`;
  // Files may belong to anything: they are asked of the walk at once.
  if (schemas.includes('file')) {
    const rows = await queries.query<WalkedRow>(
      entitiesInReach(reach, condition, [...schemas, ...reach.fileParents]),
    );
    return rows.map((row) => ({ entity: entityFromRow(row), isReached: row.reached === true }));
  }
  const start: Start | undefined =
    ids.length > 1 ? { schema: schemas[0] ?? '', ids: ids.slice(0, 1), proof: 'any' } : undefined;
  const around = { start, under: schemas };
  const rows = await queries.query<NearbyRow>(entitiesNearby(reach, condition, schemas, around));
  return judged(queries, reach, rows, schemas, start);
}

/**
 * The entities that meet a condition on the row `e`, ordered by id; `schemas` are those the organisation has. `start` is what the others are
 * likely to hang on and, unless it is known to be in reach, one that meets the condition itself. The walk is taken for those only that a look around does
 * not find in reach.
 */
export async function entitiesWithReach(
  queries: TenantQueries,
  reach: Reach,
  condition: Sql,
  schemas: readonly string[],
  start?: Start,
): Promise<FoundEntity[]> {
  const rows = await queries.query<NearbyRow>(entitiesNearby(reach, condition, schemas, { start }));
  return judged(queries, reach, rows, schemas, start);
}

/** A neighbour of some entities, and which of them it is related to in either direction. */
export interface FoundNeighbour extends FoundEntity {
  readonly touches: readonly string[];
}

/** The neighbours of some entities that are not of their schema, ordered by id. */
export async function neighboursWithReach(
  queries: TenantQueries,
  reach: Reach,
  { schema, ids }: Pick<Start, 'schema' | 'ids'>,
  schemas: readonly string[],
): Promise<FoundNeighbour[]> {
  const { org } = queries;
  const edges = sql`from entity_edge g where g.org_id = ${org}`;
  const [isFrom, isTo] = [isOneOf(raw('g.from_id'), ids), isOneOf(raw('g.to_id'), ids)];
  const isNeighbour = sql`e.schema <> ${schema}
    and e.id in (select g.to_id ${edges} and ${isFrom} union select g.from_id ${edges} and ${isTo})`;
  const rows = await queries.query<NearbyRow & { readonly touches: readonly string[] }>(sql`
    select n.*, array(select g.from_id ${edges} and g.to_id = n.id and ${isFrom}
                      union select g.to_id ${edges} and g.from_id = n.id and ${isTo}) as touches
      from (${entitiesNearby(reach, isNeighbour, schemas)}) n
     order by n.id`);
  const found = await judged(queries, reach, rows, schemas);
  return found.map((one, at) => ({ ...one, touches: rows[at]?.touches ?? [] }));
}

async function judged(
  queries: TenantQueries,
  reach: Reach,
  rows: readonly NearbyRow[],
  schemas: readonly string[],
  start?: Start,
): Promise<FoundEntity[]> {
  const isStartReached =
    start?.proof === 'given' ||
    rows.some(
      ({ id, schema, direct, under }) =>
        schema === start?.schema && start.ids.includes(id) && (direct || (under && start.proof === 'any')),
    );
  const nearby = rows.map((row) => ({
    entity: entityFromRow(row),
    isReached: row.direct || row.under || (row.below && isStartReached),
  }));
  const open = nearby.filter(({ entity, isReached }) => !isReached && !DECIDED.has(entity.schema));
  if (open.length === 0) return nearby;
  const reached = await reachedByWalk(
    queries,
    reach,
    open.map(({ entity }) => entity.id),
    schemas,
  );
  return nearby.map(({ entity, isReached }) => ({ entity, isReached: isReached || reached.has(entity.id) }));
}

async function reachedByWalk(
  queries: TenantQueries,
  reach: Reach,
  ids: readonly string[],
  schemas: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await queries.query<{ id: string }>(
    sql`select id from (${entitiesInReach(reach, hasOneOf(ids), schemas)}) walked where reached`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Is one of these. */
export function hasOneOf(ids: readonly string[]): Sql {
  return isOneOf(raw('e.id'), ids);
}

/** Is this entity or a neighbour of it, by relations in either direction. */
export function isOrTouches(org: string, id: string): Sql {
  return sql`e.id in (
    (select n.id from (
       select to_id as id from entity_edge where org_id = ${org} and from_id = ${id}::uuid
       union
       select from_id from entity_edge where org_id = ${org} and to_id = ${id}::uuid) n
      order by n.id limit ${MOST_NEIGHBOURS})
    union all select ${id}::uuid)`;
}
