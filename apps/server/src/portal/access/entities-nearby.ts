import { ENTITY_COLUMNS } from '../../entities/index.ts';
import { empty, isOneOf, join, raw, type Sql, sql } from '../../storage/index.ts';
import { isOpenFile, literal, livingContacts, notLongEnded, type Reach } from './relation-gate.ts';
import { stepsFrom } from './relation-paths.ts';

/** An entity as paths and bodies name it. */
export interface EntityReference {
  readonly schema: string;
  readonly id: string;
}

/** Entities of one schema that the others are likely to hang on. */
export interface Start {
  readonly schema: string;
  readonly ids: readonly string[];
  /** Whether they are known to be in reach, each perhaps through others only. */
  readonly isReached: boolean;
}

/**
 * A statement of the entities that meet a condition on the row `e` of `entity`, deleted ones apart, by id, with what can be told of them without a walk:
 * - `direct`: it is of the contact set, the user, or the contact set is related to it; then it is in reach.
 * - `below`: one step of the walk leads to it from an entity of `start`; then it is in reach if that is.
 * Of contacts and portal users this is the whole verdict; others may be in reach although it is false. It costs a fraction of the walk and nearly
 * always says all that a page asks: customers look at what is theirs, and at what hangs on it. `schemas` are those the organisation has.
 */
export function entitiesNearby(reach: Reach, condition: Sql, schemas: readonly string[], start?: Start): Sql {
  const { org, portalUserId, contractCutoff } = reach;
  const isOpen = sql`e.schema = any(${[...schemas]}::text[])${contractCutoff === undefined ? empty : notLongEnded(contractCutoff)}`;
  return sql`
    with contacts as materialized (${livingContacts(reach)})
    select ${ENTITY_COLUMNS},
      case e.schema
        when 'contact' then e.id in (select id from contacts)
        when 'portal_user' then e.id = ${portalUserId}::uuid
        when 'file' then false
        else ${isOpen} and (
          exists (select 1 from entity_edge g where g.org_id = ${org} and g.from_id = e.id and g.to_id in (select id from contacts))
          or exists (select 1 from entity_edge g where g.org_id = ${org} and g.to_id = e.id and g.from_id in (select id from contacts)))
      end as direct,
      case e.schema
        when 'contact' then false
        when 'portal_user' then false
        when 'file' then ${start ? isOpenFileOf(reach, start) : sql`false`}
        else ${start ? sql`${isOpen} and ${isBelow(org, start)}` : sql`false`}
      end as below
      from entity e where e.org_id = ${org} and ${condition} and e.deleted_at is null
     order by e.id`;
}

function isBelow(org: string, { schema, ids, isReached }: Start): Sql {
  // Some steps lead down only from what the contact set itself is related to.
  const steps = stepsFrom(schema).filter(({ direct }) => !(direct && isReached));
  const out = steps.flatMap(({ to, out: names }) => (names ? [edge('g.to_schema', to, names)] : []));
  const into = steps.flatMap(({ to, into: names }) => (names ? [edge('g.from_schema', to, names)] : []));
  const sides = [
    ...(out.length > 0
      ? [
          sql`e.id in (select g.to_id from entity_edge g where g.org_id = ${org} and ${isOneOf(raw('g.from_id'), ids)} and (${join(out, ' or ')}))`,
        ]
      : []),
    ...(into.length > 0
      ? [
          sql`e.id in (select g.from_id from entity_edge g where g.org_id = ${org} and ${isOneOf(raw('g.to_id'), ids)} and (${join(into, ' or ')}))`,
        ]
      : []),
  ];
  return sides.length === 0 ? sql`false` : sql`(${join(sides, ' or ')})`;
}

function edge(column: 'g.to_schema' | 'g.from_schema', to: string, attributes: readonly string[] | '*'): Sql {
  const named = attributes === '*' ? '' : ` and g.attribute in (${attributes.map(literal).join(', ')})`;
  return raw(`(${column} = ${literal(to)}${named})`);
}

function isOpenFileOf({ org, portalUserId, fileParents }: Reach, { schema, ids }: Start): Sql {
  if (schema !== 'contact' && !fileParents.includes(schema)) return sql`false`;
  return sql`${isOpenFile(portalUserId)} and (
    e.id in (select g.to_id from entity_edge g where g.org_id = ${org} and ${isOneOf(raw('g.from_id'), ids)} and g.to_schema = 'file')
    or e.id in (select g.from_id from entity_edge g where g.org_id = ${org} and ${isOneOf(raw('g.to_id'), ids)} and g.from_schema = 'file'))`;
}
