import {
  ENTITY_COLUMNS,
  type Entity,
  type EntityRow,
  entityFromRow,
  isEntityId,
} from '../../entities/index.ts';
import { isOneOf, raw, type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import { entitiesInReach, type Reach, reachableIds } from './relation-gate.ts';

/** A stored entity and what the relation gate says of it. */
export interface FoundEntity {
  readonly entity: Entity;
  readonly isReached: boolean;
}

/** An entity as paths and bodies name it. */
export interface EntityReference {
  readonly schema: string;
  readonly id: string;
}

type FoundRow = EntityRow & { readonly reached: boolean | null };

/** More neighbours than this are not bundled; searches page through them. */
const MOST_NEIGHBOURS = 1_000;

/** Entities of known schemas by their ids, in one statement; what is unknown, deleted or of another schema is undefined in its place. */
export async function entitiesOfSchemas(
  queries: TenantQueries,
  reach: Reach,
  wanted: readonly EntityReference[],
): Promise<(FoundEntity | undefined)[]> {
  const ids = wanted.map(({ id }) => id).filter(isEntityId);
  if (ids.length === 0) return wanted.map(() => undefined);
  const schemas = [...new Set(wanted.map(({ schema }) => schema))];
  const rows = await queries.query<FoundRow>(sql`
    select ${ENTITY_COLUMNS}, e.id in (${reachableIds(reach, schemas)}) as reached from entity e
     where e.org_id = ${queries.org} and ${isOneOf(raw('e.id'), ids)} and e.schema = any(${schemas}::text[]) and e.deleted_at is null`);
  const found = rows.map(foundFrom);
  return wanted.map(({ schema, id }) =>
    found.find(({ entity }) => entity.schema === schema && entity.id === id.toLowerCase()),
  );
}

/** The entities that meet a condition on the row `e`, ordered by id; `schemas` are those the organisation has. */
export async function entitiesWithReach(
  queries: TenantQueries,
  reach: Reach,
  condition: Sql,
  schemas: readonly string[],
): Promise<FoundEntity[]> {
  const rows = await queries.query<FoundRow>(
    sql`${entitiesInReach(reach, condition, schemas)} order by c.id`,
  );
  return rows.map(foundFrom);
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

function foundFrom(row: FoundRow): FoundEntity {
  return { entity: entityFromRow(row), isReached: row.reached === true };
}
