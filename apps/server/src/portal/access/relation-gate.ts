import { empty, join, raw, type Sql, sql } from '../../storage/index.ts';

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

/** A way down from one schema to another. `out` are attributes of the upper entity (`*`: any), `into` those of the lower one that point up. */
interface Path {
  readonly from: string;
  /** Only upper entities that the contact set itself is related to. */
  readonly direct?: true;
  readonly out?: readonly string[] | '*';
  readonly into?: readonly string[];
}

/** The edges of spec/portal.md §5.3, by the schema they lead to. Every schema is besides reached by a direct relation to the contact set. */
const PATHS: Readonly<Record<string, readonly Path[]>> = {
  contract: [{ from: 'billing_account', direct: true, out: ['contracts'], into: ['billing_account'] }],
  billing_account: [{ from: 'contract', out: ['billing_account'], into: ['contracts'] }],
  billing_event: [
    { from: 'contract', into: ['contract'] },
    { from: 'billing_account', direct: true, into: ['billing_account'] },
  ],
  order: [
    { from: 'opportunity', out: '*' },
    { from: 'contract', out: '*' },
  ],
  product: [
    { from: 'opportunity', out: '*' },
    { from: 'order', out: '*' },
    { from: 'contract', out: '*' },
  ],
  price: [{ from: 'order', out: '*' }],
  asset: [{ from: 'contract', out: '*' }],
  meter: [{ from: 'contract', out: ['meters'], into: ['contract'] }],
  meter_counter: [{ from: 'meter', out: ['counters'], into: ['meter'] }],
};

/** What nobody reaches by being related to a contact: other people, and files, which have rules of their own. */
const NOT_BY_RELATION: readonly string[] = ['contact', 'portal_user', 'file'];
const INACTIVE: readonly string[] = ['deactivated', 'revoked', 'terminated', 'expired'];

/** Schemas of people and firms: whoever reaches an entity may, within the grants, know the names of its customers. */
const PARTIES: readonly string[] = ['contact', 'account'];

/** Whether everything that an attribute of a reached entity points to is reached as well, or is a party to it. */
export function leadsDown(schema: string, attribute: string, target: string): boolean {
  if (PARTIES.includes(target)) return true;
  return (PATHS[target] ?? []).some(
    ({ from, direct, out }) =>
      from === schema && direct === undefined && (out === '*' || out?.includes(attribute) === true),
  );
}

/** Whether a schema is one of the parties to an entity. */
export function isParty(schema: string): boolean {
  return PARTIES.includes(schema);
}

/**
 * A subselect of the ids (one uuid column) of all entities of some schemas that a portal user reaches: the relation gate of
 * spec/portal.md §5.3. Soft-deleted entities and contracts behind the cut-off are not reached, and nothing through them.
 */
export function reachableIds(reach: Reach, schemas: readonly string[]): Sql {
  const statement = new GateStatement(reach);
  const sets = [...new Set(schemas)].map((schema) => sql`select id from ${statement.reached(schema)}`);
  if (sets.length === 0) return sql`select null::uuid as id where false`;
  return sql`with ${statement.definitions()} ${join(sets, ' union ')}`;
}

/** Collects the common table expressions that a question needs, each after those it reads. */
class GateStatement {
  readonly #reach: Reach;
  readonly #names = new Map<string, Sql>();
  readonly #definitions: Sql[] = [];

  constructor(reach: Reach) {
    this.#reach = reach;
    // The principal may carry a represented contact that has been deleted since.
    this.#define(
      'contact set',
      sql`select e.id from entity e
           where e.org_id = ${reach.org} and e.id = any(${[...reach.contactIds]}::uuid[]) and e.schema = 'contact' and e.deleted_at is null`,
    );
  }

  definitions(): Sql {
    return join(this.#definitions, ', ');
  }

  /** The table of the reached entities of a schema. */
  reached(schema: string): Sql {
    const known = this.#names.get(`reached ${schema}`);
    if (known) return known;
    switch (schema) {
      case 'contact':
        return this.#table('contact set');
      case 'portal_user':
        return this.#define(
          'reached portal_user',
          sql`select e.id from entity e
               where e.org_id = ${this.#reach.org} and e.id = ${this.#reach.portalUserId}::uuid and e.schema = 'portal_user'`,
        );
      case 'file':
        return this.#define('reached file', this.#files());
      default:
        return this.#define(`reached ${schema}`, this.#byRelation(schema, PATHS[schema] ?? []));
    }
  }

  /** The table of the entities of a schema that the contact set is related to in either direction. */
  #direct(schema: string): Sql {
    return (
      this.#names.get(`direct ${schema}`) ?? this.#define(`direct ${schema}`, this.#byRelation(schema, []))
    );
  }

  #byRelation(schema: string, paths: readonly Path[]): Sql {
    if (NOT_BY_RELATION.includes(schema)) return sql`select null::uuid as id where false`;
    const { org, contractCutoff } = this.#reach;
    const contacts = this.#table('contact set');
    const edges = [
      sql`select g.to_id from entity_edge g join ${contacts} c on g.from_id = c.id where g.org_id = ${org} and g.to_schema = ${schema}`,
      sql`select g.from_id from entity_edge g join ${contacts} c on g.to_id = c.id where g.org_id = ${org} and g.from_schema = ${schema}`,
      ...paths.flatMap((path) => this.#down(schema, path)),
    ];
    const cutoff =
      schema === 'contract' && contractCutoff !== undefined ? notLongEnded(contractCutoff) : empty;
    return sql`select e.id from entity e
                where e.org_id = ${org} and e.schema = ${schema} and e.deleted_at is null${cutoff}
                  and e.id in (${join(edges, ' union ')})`;
  }

  #down(schema: string, { from, direct, out, into }: Path): Sql[] {
    const { org } = this.#reach;
    const upper = direct ? this.#direct(from) : this.reached(from);
    const attributes = (names: readonly string[] | '*') =>
      names === '*' ? empty : sql` and g.attribute = any(${[...names]}::text[])`;
    return [
      ...(out
        ? [
            sql`select g.to_id from entity_edge g join ${upper} u on g.from_id = u.id
                 where g.org_id = ${org} and g.to_schema = ${schema}${attributes(out)}`,
          ]
        : []),
      ...(into
        ? [
            sql`select g.from_id from entity_edge g join ${upper} u on g.to_id = u.id
                 where g.org_id = ${org} and g.from_schema = ${schema}${attributes(into)}`,
          ]
        : []),
    ];
  }

  /** Files of the contact set and of what it reaches, that are shared or that this user has uploaded (§6.1). */
  #files(): Sql {
    const { org, fileParents, portalUserId } = this.#reach;
    const parents = [...new Set(['contact', ...fileParents.filter((schema) => schema !== 'file')])].map(
      (schema) => sql`select id from ${this.reached(schema)}`,
    );
    const upper = this.#define('file parents', join(parents, ' union '));
    return sql`select e.id from entity e
                where e.org_id = ${org} and e.schema = 'file' and e.deleted_at is null
                  and (e.doc ->> 'shared_with_end_customer' = 'true' or e.doc ->> 'uploaded_by_portal_user' = ${portalUserId})
                  and e.id in (
                    select g.to_id from entity_edge g join ${upper} u on g.from_id = u.id where g.org_id = ${org} and g.to_schema = 'file'
                    union
                    select g.from_id from entity_edge g join ${upper} u on g.to_id = u.id where g.org_id = ${org} and g.from_schema = 'file')`;
  }

  #define(key: string, statement: Sql): Sql {
    // Table names are counted, never taken from a slug: slugs come from requests.
    const name = raw(`gate_${this.#definitions.length}`);
    this.#definitions.push(sql`${name} as (${statement})`);
    this.#names.set(key, name);
    return name;
  }

  #table(key: string): Sql {
    const name = this.#names.get(key);
    if (!name) throw new Error(`No table for the ${key}`);
    return name;
  }
}

function notLongEnded(cutoff: string): Sql {
  return sql` and not (coalesce(e.doc ->> 'status', '') = any(${[...INACTIVE]}::text[])
    and coalesce(left(coalesce(nullif(e.doc ->> 'termination_date', ''), nullif(e.doc ->> 'end_date', ''),
                               nullif(e.doc ->> 'move_out_date', '')), 10) collate "C" < ${cutoff}, false))`;
}
