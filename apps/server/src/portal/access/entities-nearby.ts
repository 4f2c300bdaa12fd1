import { ENTITY_COLUMNS } from '../../entities/index.ts';
import { empty, isOneOf, join, raw, type Sql, sql } from '../../storage/index.ts';
import { isOpenFile, literal, livingContacts, notLongEnded, type Reach } from './relation-gate.ts';
import { type Step, stepsFrom, stepsTo } from './relation-paths.ts';

/** An entity as paths and bodies name it. */
export interface EntityReference {
  readonly schema: string;
  readonly id: string;
}

/** Entities of one schema that the others are likely to hang on. */
export interface Start {
  readonly schema: string;
  readonly ids: readonly string[];
  /**
   * How it is known that they are in reach: it is given; or the statement finds them itself, as what the contact set is related to, or in any way.
   */
  readonly proof: 'given' | 'direct' | 'any';
}

/** What the entities in question may hang on. */
export interface Around {
  /** Entities below which others may be. */
  readonly start?: Start | undefined;
  /** Schemas of which entities may be one step below something that the contact set is related to. */
  readonly under?: readonly string[];
}

/**
 * A statement of the entities that meet a condition on the row `e` of `entity`, deleted ones apart, by id, with what can be told of them without a walk:
 * - `direct`: it is of the contact set, the user, or the contact set is related to it; then it is in reach.
 * - `below`: one step of the walk leads to it from an entity of `start`; then it is in reach if that is.
 * - `under`: one step leads to it from something that the contact set is related to; then it is in reach.
 * Of contacts and portal users this is the whole verdict; others may be in reach although it is false. It costs a fraction of the walk and nearly
 * always says all that a page asks: customers look at what is theirs, and at what hangs on it. `schemas` are those the organisation has.
 */
export function entitiesNearby(
  reach: Reach,
  condition: Sql,
  schemas: readonly string[],
  { start, under = [] }: Around = {},
): Sql {
  const { org, portalUserId, contractCutoff } = reach;
  const above = stepsTo(under);
  const isOpen = sql`e.schema = any(${[...schemas]}::text[])${contractCutoff === undefined ? empty : notLongEnded(contractCutoff)}`;
  return sql`
    with contacts as materialized (${livingContacts(reach)})
    select ${ENTITY_COLUMNS},
      case e.schema
        when 'contact' then e.id in (select id from contacts)
        when 'portal_user' then e.id = ${portalUserId}::uuid
        when 'file' then false
        else ${isOpen} and ${isRelatedToContacts(org, 'e')}
      end as direct,
      case e.schema
        when 'contact' then false
        when 'portal_user' then false
        when 'file' then ${start ? isOpenFileOf(reach, start) : sql`false`}
        else ${start ? sql`${isOpen} and ${isBelow(org, start)}` : sql`false`}
      end as below,
      ${above.length > 0 ? sql`${isOpen} and ${isUnder(reach, above)}` : sql`false`} as under
      from entity e where e.org_id = ${org} and ${condition} and e.deleted_at is null
     order by e.id`;
}

function isRelatedToContacts(org: string, row: 'e' | 'u'): Sql {
  const id = raw(`${row}.id`);
  return sql`(
    exists (select 1 from entity_edge c where c.org_id = ${org} and c.from_id = ${id} and c.to_id in (select id from contacts))
    or exists (select 1 from entity_edge c where c.org_id = ${org} and c.to_id = ${id} and c.from_id in (select id from contacts)))`;
}

/** Whether a step leads to `e` from an entity `u` that the contact set is related to. */
function isUnder({ org, contractCutoff }: Reach, steps: readonly Step[]): Sql {
  const cutoff = contractCutoff === undefined ? empty : notLongEnded(contractCutoff, 'u');
  const along = (own: Sql, other: Sql, conditions: readonly Sql[]) =>
    conditions.length === 0
      ? []
      : [
          sql`exists (
            select 1 from entity_edge g join entity u on u.org_id = ${org} and u.id = ${other}
             where g.org_id = ${org} and ${own} = e.id and (${join(conditions, ' or ')})
               and u.deleted_at is null${cutoff} and ${isRelatedToContacts(org, 'u')})`,
        ];
  const leads = (
    { from, to }: Step,
    column: 'g.to_schema' | 'g.from_schema',
    names: readonly string[] | '*',
  ) =>
    sql`(e.schema = ${raw(literal(to))} and u.schema = ${raw(literal(from))} and ${edge(column, from, names)})`;
  const up = steps.flatMap((step) => (step.into ? [leads(step, 'g.to_schema', step.into)] : []));
  const down = steps.flatMap((step) => (step.out ? [leads(step, 'g.from_schema', step.out)] : []));
  const sides = [
    ...along(raw('g.from_id'), raw('g.to_id'), up),
    ...along(raw('g.to_id'), raw('g.from_id'), down),
  ];
  return sql`(${join(sides, ' or ')})`;
}

function isBelow(org: string, { schema, ids, proof }: Start): Sql {
  // Some steps lead down only from what the contact set itself is related to.
  const steps = stepsFrom(schema).filter(({ direct }) => !direct || proof === 'direct');
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

function edge(
  column: 'g.to_schema' | 'g.from_schema',
  other: string,
  attributes: readonly string[] | '*',
): Sql {
  const named = attributes === '*' ? '' : ` and g.attribute in (${attributes.map(literal).join(', ')})`;
  return raw(`(${column} = ${literal(other)}${named})`);
}

function isOpenFileOf({ org, portalUserId, fileParents }: Reach, { schema, ids }: Start): Sql {
  // Files open no files, although users may see the schema.
  if (schema === 'file' || (schema !== 'contact' && !fileParents.includes(schema))) return sql`false`;
  return sql`${isOpenFile(portalUserId)} and (
    e.id in (select g.to_id from entity_edge g where g.org_id = ${org} and ${isOneOf(raw('g.from_id'), ids)} and g.to_schema = 'file')
    or e.id in (select g.from_id from entity_edge g where g.org_id = ${org} and ${isOneOf(raw('g.to_id'), ids)} and g.from_schema = 'file'))`;
}
