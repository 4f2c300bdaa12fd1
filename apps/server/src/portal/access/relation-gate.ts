import { ENTITY_COLUMNS } from '../../entities/index.ts';
import { empty, isOneOf, join, raw, type Sql, sql } from '../../storage/index.ts';
import { SCHEMAS_BELOW_OTHERS, type Step, walkTo } from './relation-paths.ts';

/** Whose reach is asked for. */
export interface Reach {
  readonly org: string;
  readonly portalUserId: string;
  /** The contact set: the mapped contact and those the user represents. */
  readonly contactIds: readonly string[];
  /** Inactive contracts that ended before this day (`YYYY-MM-DD`) are invisible; undefined: no cut-off. */
  readonly contractCutoff: string | undefined;
  /** Schemas whose entities open their files; the schema and grant gates have let them pass. */
  readonly fileParents: readonly string[];
}

const INACTIVE: readonly string[] = ['deactivated', 'revoked', 'terminated', 'expired'];

/**
 * A subselect of the ids (one uuid column) of all entities of some schemas that a portal user reaches: the relation gate of
 * spec/portal.md §5.3. Soft-deleted entities and contracts behind the cut-off are not reached, and nothing through them.
 *
 * The walk goes down in rounds, each a table of its own that starts from those before it: one for all schemas the contact set is related to,
 * and three more at the most. A table per schema and path would be easier to write and cost several times as much to start.
 */
export function reachableIds(reach: Reach, schemas: readonly string[]): Sql {
  const wanted = new Set(schemas);
  if (wanted.size === 0) return sql`select null::uuid as id where false`;
  const files = wanted.has('file');
  const parents = files ? reach.fileParents.filter((schema) => schema !== 'file') : [];
  const tables = new WalkTables(reach, [...wanted, ...parents]);
  const found = [
    ...(wanted.has('contact') ? [sql`select id from contacts`] : []),
    ...(wanted.has('portal_user') ? [self(reach)] : []),
    ...tables.ofSchemas([...wanted]),
    ...(files ? [filesOf(reach, tables.withParents(parents))] : []),
  ];
  if (found.length === 0) return sql`select null::uuid as id where false`;
  return sql`with ${tables.definitions()} ${join(found, ' union ')}`;
}

/**
 * The same with the column `schema` beside `id`, for statements that treat what they find by its schema and should walk once for all of them. Only
 * schemas that relations lead to: of contacts, portal users and files there is nothing in it.
 */
export function reachableWithSchema(reach: Reach, schemas: readonly string[]): Sql {
  const tables = new WalkTables(reach, schemas);
  const found = tables.ofSchemas(schemas, raw('id, schema'));
  if (found.length === 0) return sql`select null::uuid as id, null::text as schema where false`;
  return sql`with ${tables.definitions()} ${join(found, ' union ')}`;
}

/**
 * A statement of the entities that meet a condition on the row `e` of `entity`, deleted ones apart, and whether each is in reach: `ENTITY_COLUMNS` and
 * `reached`. `schemas` are those the organisation has. The walk narrows itself to what the schemas of the entities found ask for, so that it costs
 * no more than one that knows them beforehand, and saves the round trip that would tell.
 */
export function entitiesInReach(reach: Reach, condition: Sql, schemas: readonly string[]): Sql {
  const { org, portalUserId } = reach;
  const tables = new WalkTables(reach, schemas, NEEDED_FOR_CANDIDATES);
  // Round by round: a round that nobody has to ask is never walked.
  const isAmong = (id: Sql, selects: readonly Sql[]) =>
    selects.length === 0
      ? sql`false`
      : join(
          selects.map((select) => sql`${id} in (${select})`),
          ' or ',
        );
  const found = tables.ofSchemas(schemas);
  const parents = tables.parents(reach.fileParents);
  return sql`
    with candidates as materialized (
      select ${ENTITY_COLUMNS} from entity e where e.org_id = ${org} and ${condition} and e.deleted_at is null),
    ${tables.definitions()}
    select c.*, case c.schema
      when 'contact' then c.id in (select id from contacts)
      when 'portal_user' then c.id = ${portalUserId}::uuid
      when 'file' then ${isOpenFile(portalUserId)} and (
        exists (select 1 from entity_edge g where g.org_id = ${org} and g.from_id = c.id and (${isAmong(raw('g.to_id'), parents)}))
        or exists (select 1 from entity_edge g where g.org_id = ${org} and g.to_id = c.id and (${isAmong(raw('g.from_id'), parents)})))
      else ${isAmong(raw('c.id'), found)} end as reached
      from candidates c`;
}

/** A select of the schemas a walk has to look at for the rows of `candidates`; `*` stands for all, which files may belong to. */
const NEEDED_FOR_CANDIDATES: Sql = raw(`
  select schema from candidates
  union
  select n.needed from candidates c join (values ${[
    ...SCHEMAS_BELOW_OTHERS.flatMap((schema) => walkTo([schema]).direct.map((needed) => [schema, needed])),
    ['file', '*'],
  ]
    .map((pair) => `(${pair.map(literal).join(', ')})`)
    .join(', ')}) n(schema, needed) on n.schema = c.schema`);

/** One table of a walk, and the schemas of what is in it. */
interface Round {
  readonly table: Sql;
  readonly schemas: readonly string[];
}

/** The common table expressions of one walk: `contacts`, and `round_0` to `round_3` with the columns `id` and `schema`; `needed` and `parents` where asked for. */
class WalkTables {
  readonly #reach: Reach;
  readonly #definitions: Sql[] = [];
  readonly #rounds: Round[] = [];
  readonly #narrowed: boolean;

  /** @param needed a select of the schemas to look at, where the statement itself finds that out; the others of `schemas` are left aside then */
  constructor(reach: Reach, schemas: readonly string[], needed?: Sql) {
    this.#reach = reach;
    this.#narrowed = needed !== undefined;
    if (needed) this.#definitions.push(sql`needed as materialized (${needed})`);
    this.#definitions.push(sql`contacts as materialized (${livingContacts(reach)})`);
    const { direct, rounds } = walkTo(schemas);
    if (direct.length === 0) return;
    this.#define(direct, this.#related(direct));
    for (const steps of rounds) this.#define([...new Set(steps.map(({ to }) => to))], this.#down(steps));
  }

  definitions(): Sql {
    return join(this.#definitions, ', ');
  }

  /** Selects of what was found of some schemas: the ids, or other columns of the rounds. */
  ofSchemas(schemas: readonly string[], columns: Sql = raw('id')): Sql[] {
    return this.#rounds.flatMap((round) => {
      const found = round.schemas.filter((schema) => schemas.includes(schema));
      if (found.length === 0) return [];
      const isAll = found.length === round.schemas.length;
      const some = isAll ? empty : sql` where schema = any(${found}::text[])`;
      return [sql`select ${columns} from ${round.table}${some}`];
    });
  }

  /** Selects of what files may belong to: the contact set, the user, and what was found of some schemas. */
  parents(schemas: readonly string[]): Sql[] {
    const user = schemas.includes('portal_user') ? [self(this.#reach)] : [];
    return [sql`select id from contacts`, ...user, ...this.ofSchemas(schemas)];
  }

  /** Adds a table of what files may belong to. Answers its name. */
  withParents(schemas: readonly string[]): Sql {
    this.#definitions.push(sql`parents as materialized (${join(this.parents(schemas), ' union ')})`);
    return raw('parents');
  }

  #define(schemas: readonly string[], ids: Sql): void {
    const { org, contractCutoff } = this.#reach;
    const table = raw(`round_${this.#rounds.length}`);
    const cutoff =
      contractCutoff !== undefined && schemas.includes('contract') ? notLongEnded(contractCutoff) : empty;
    this.#definitions.push(sql`${table} as materialized (
      select e.id, e.schema from entity e
       where e.org_id = ${org} and e.schema = any(${[...schemas]}::text[]) and e.deleted_at is null${cutoff} and e.id in (${ids}))`);
    this.#rounds.push({ table, schemas });
  }

  /** Ids of entities that the contact set is related to in either direction. */
  #related(schemas: readonly string[]): Sql {
    const { org } = this.#reach;
    const slugs = [...schemas];
    return sql`
      select g.to_id from contacts c join entity_edge g on g.from_id = c.id where g.org_id = ${org} and g.to_schema = any(${slugs}::text[])${this.#isNeeded('g.to_schema')}
      union
      select g.from_id from contacts c join entity_edge g on g.to_id = c.id where g.org_id = ${org} and g.from_schema = any(${slugs}::text[])${this.#isNeeded('g.from_schema')}`;
  }

  /** Ids of entities one step below what the rounds so far have found. */
  #down(steps: readonly Step[]): Sql {
    const { org } = this.#reach;
    const uppers = [...new Set(steps.map(({ from }) => from))];
    const upper = join(this.ofSchemas(uppers, raw('id, schema')), ' union all ');
    const out = steps.flatMap((step) => (step.out ? [leads(step, step.out, raw('g.to_schema'))] : []));
    const into = steps.flatMap((step) => (step.into ? [leads(step, step.into, raw('g.from_schema'))] : []));
    const sides = [
      ...(out.length > 0
        ? [
            sql`select g.to_id from (${upper}) u join entity_edge g on g.from_id = u.id
                where g.org_id = ${org} and (${join(out, ' or ')})`,
          ]
        : []),
      ...(into.length > 0
        ? [
            sql`select g.from_id from (${upper}) u join entity_edge g on g.to_id = u.id
                where g.org_id = ${org} and (${join(into, ' or ')})`,
          ]
        : []),
    ];
    return join(sides, ' union ');
  }

  #isNeeded(schema: 'g.to_schema' | 'g.from_schema'): Sql {
    return this.#narrowed
      ? sql` and exists (select 1 from needed n where n.schema in (${raw(schema)}, '*'))`
      : empty;
  }
}

/** Whether an edge `g` from or to an upper entity `u` is one of a step's. Slugs and attributes of steps are our own words, never a request's. */
function leads({ from, to }: Step, attributes: readonly string[] | '*', schema: Sql): Sql {
  const named = attributes === '*' ? '' : ` and g.attribute in (${attributes.map(literal).join(', ')})`;
  return sql`(u.schema = ${raw(literal(from))} and ${schema} = ${raw(literal(to))}${raw(named)})`;
}

/** One of our own words as SQL writes it. */
export function literal(word: string): string {
  return `'${word}'`;
}

/** Ids of the contact set; the principal may carry a represented contact that has been deleted since. */
export function livingContacts({ org, contactIds }: Reach): Sql {
  return sql`
    select e.id from entity e
     where e.org_id = ${org} and ${isOneOf(raw('e.id'), contactIds)} and e.schema = 'contact' and e.deleted_at is null`;
}

function self({ org, portalUserId }: Reach): Sql {
  return sql`select e.id from entity e where e.org_id = ${org} and e.id = ${portalUserId}::uuid and e.schema = 'portal_user'`;
}

/** Whether the only table with a column `doc` holds a file that is shared, or that the user has uploaded. */
export function isOpenFile(portalUserId: string): Sql {
  return sql`coalesce(doc ->> 'shared_with_end_customer' = 'true' or doc ->> 'uploaded_by_portal_user' = ${portalUserId}, false)`;
}

/** Files of some parents that are shared or that this user has uploaded (§6.1). */
function filesOf({ org, portalUserId }: Reach, parents: Sql): Sql {
  return sql`
    select e.id from entity e
     where e.org_id = ${org} and e.schema = 'file' and e.deleted_at is null
       and ${isOpenFile(portalUserId)}
       and e.id in (
         select g.to_id from ${parents} u join entity_edge g on g.from_id = u.id where g.org_id = ${org} and g.to_schema = 'file'
         union
         select g.from_id from ${parents} u join entity_edge g on g.to_id = u.id where g.org_id = ${org} and g.from_schema = 'file')`;
}

/** Restricts rows of `entity` to what is not a contract that is over since before a day. */
export function notLongEnded(cutoff: string, row: 'e' | 'u' = 'e'): Sql {
  const doc = raw(`${row}.doc`);
  return sql` and not (${raw(row)}.schema = 'contract' and coalesce(${doc} ->> 'status', '') = any(${[...INACTIVE]}::text[])
    and coalesce(left(coalesce(nullif(${doc} ->> 'termination_date', ''), nullif(${doc} ->> 'end_date', ''),
                               nullif(${doc} ->> 'move_out_date', '')), 10) collate "C" < ${cutoff}, false))`;
}
