import type { JsonObject } from '../../contract/json-object.ts';
import {
  type Document,
  type Entity,
  type EntityRights,
  type EntitySchema,
  findEntities,
  isDocument,
  isEntityId,
  type OrganisationSchemas,
  placeOf,
  toWire,
  visibleDocument,
  withoutStrangers,
} from '../../entities/index.ts';
import type { SearchScope } from '../../entities/search/index.ts';
import type { PortalPrincipal } from '../../identity/index.ts';
import { forbidden, notFound } from '../../refusal.ts';
import { type Sql, sql, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';
import type { Start } from './entities-nearby.ts';
import {
  type EntityReference,
  entitiesOfSchemas,
  entitiesWithReach,
  type FoundEntity,
  hasOneOf,
  isOrTouches,
  neighboursWithReach,
} from './found-entities.ts';
import { reachOf } from './reach-of-user.ts';
import { type Reach, reachableIds, reachableWithSchema } from './relation-gate.ts';
import { isParty } from './relation-paths.ts';

/** What the access rules need of a portal. */
export interface AccessPortal {
  readonly portalId: string;
  readonly origin: string;
  readonly config: JsonObject;
}

interface Ground {
  readonly portal: AccessPortal;
  readonly user: PortalPrincipal;
  readonly rights: EntityRights;
  readonly schemas: OrganisationSchemas;
  readonly queries: TenantQueries;
  /** Today in the organisation's time zone, `YYYY-MM-DD`. */
  readonly today: string;
}

/** Schemas that `allowed_portal_entities` does not close; the relation gate leaves the user's own ones only. */
const ALWAYS_ALLOWED: ReadonlySet<string> = new Set(['contact', 'portal_user', 'file']);
/** What portal answers leave out although identity would show it (spec/portal.md §5.2); pending values are shown by attribute. */
const NEVER_SHOWN: ReadonlySet<string> = new Set(['_owners', '_acl', '_manifest', '_changesets']);
/** Attributes that never leave towards customers, by schema (spec/portal.md §7.1). */
const INTERNAL: Readonly<Record<string, ReadonlySet<string>>> = { billing_event: new Set(['internal_note']) };
/** More entities of one schema than this are not judged one by one where grants name single entities. */
const MOST_JUDGED = 10_000;

/**
 * What one portal user may see and change: the schema gate, the grant gate and the relation gate of spec/portal.md §5.1. Every operation of
 * a portal user asks here, and nowhere else.
 */
export class PortalAccess {
  readonly portal: AccessPortal;
  readonly user: PortalPrincipal;
  readonly schemas: OrganisationSchemas;
  readonly today: string;
  readonly #ground: Ground;
  readonly #rights: EntityRights;
  readonly #queries: TenantQueries;
  readonly #allowed: ReadonlySet<string> | undefined;
  #viewable: readonly string[] | undefined;

  constructor(ground: Ground) {
    const { portal, user, rights, schemas, queries, today } = ground;
    this.#ground = ground;
    this.portal = portal;
    this.user = user;
    this.schemas = schemas;
    this.today = today;
    this.#rights = withoutInternal(rights);
    this.#queries = queries;
    this.#allowed = allowedSlugs(portal.config['allowed_portal_entities']);
  }

  /** The same access, asking within a transaction. */
  within(tx: TenantTransaction): PortalAccess {
    return new PortalAccess({ ...this.#ground, queries: tx });
  }

  /** The mapped contact; throws 404 while there is none. */
  get contactId(): string {
    if (this.user.contactId === undefined) throw notFound('The contact', 'ENTITY_NOT_FOUND');
    return this.user.contactId;
  }

  /** Whether the schema gate is open: the organisation has the schema and the portal shows it. */
  allowsSchema(slug: string): boolean {
    if (!this.schemas.find(slug)) return false;
    return this.#allowed === undefined || this.#allowed.has(slug) || ALWAYS_ALLOWED.has(slug);
  }

  /** Throws 403 when the schema is unknown or closed. */
  requireSchema(slug: string): EntitySchema {
    const schema = this.schemas.find(slug);
    if (!schema || !this.allowsSchema(slug)) throw forbidden('Not permitted: this schema');
    return schema;
  }

  /** Schemas of which the user may see every entity in reach. */
  viewableSchemas(): readonly string[] {
    // Rights and schemas stay what they are for a request, and every statement about reach asks.
    this.#viewable ??= this.schemas
      .all()
      .map(({ slug }) => slug)
      .filter((slug) => this.allowsSchema(slug) && this.#rights.allows('entity:view', `${slug}:*`));
    return this.#viewable;
  }

  /** The ids in reach as a subselect of one uuid column: the relation gate alone, for statements of other domains. */
  reachable(schemas: readonly string[]): Sql {
    return reachableIds(this.#reach(), schemas);
  }

  /** Like `reachable` with a column `schema`, for schemas that relations lead to. */
  reachableWithSchema(schemas: readonly string[]): Sql {
    return reachableWithSchema(this.#reach(), schemas);
  }

  /** Like `reachable`, from the mapped contact alone and not from those the user represents. */
  reachableOfContact(schemas: readonly string[]): Sql {
    return reachableIds({ ...this.#reach(), contactIds: [this.contactId] }, schemas);
  }

  /**
   * Where a search of these schemas may look: entities that pass all three gates. Where grants name single entities or have conditions, each
   * entity in reach is judged. Throws 403 when a schema is closed, or when no grant of the role is about it; where `some` of the schemas will do,
   * only when none is about any of them.
   */
  async scopeOf(schemas: readonly string[], needed: 'all' | 'some' = 'all'): Promise<SearchScope> {
    for (const schema of schemas) this.requireSchema(schema);
    const isOpen = (schema: string) => this.#rights.allows('entity:view', `${schema}:*`);
    const judged = schemas.filter((schema) => !isOpen(schema));
    if (judged.length === 0) return { reachable: this.reachable(schemas) };
    const closed = judged.filter((schema) => !this.#grantsSome(schema));
    if (closed.length > 0 && (needed === 'all' || closed.length === schemas.length))
      throw forbidden('Not permitted: entity:view');
    const candidates = await this.#load(judged);
    const allowed = candidates.filter((entity) => this.canView(entity));
    const open = schemas.filter(isOpen);
    const rest = await this.#queries.query<{ id: string }>(sql`select id from (${this.reachable(open)}) r`);
    return { ids: [...allowed.map(({ id }) => id), ...rest.map(({ id }) => id)] };
  }

  /** Whether the role grants entities of a schema at all, be it single ones or under conditions. */
  #grantsSome(schema: string): boolean {
    return this.#rights.granted('entity:view', schema).every((part) => part === 'all' || part.length > 0);
  }

  /** Which of some entities are in reach, whatever their schema. */
  async reaches(entities: readonly { readonly id: string; readonly schema: string }[]): Promise<Set<string>> {
    const ids = entities.map(({ id }) => id);
    if (ids.length === 0) return new Set();
    const schemas = entities.map(({ schema }) => schema);
    const rows = await this.#queries.query<{ id: string }>(
      sql`select id from (${this.reachable(schemas)}) r where id = any(${ids}::uuid[])`,
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** The schema and grant gates for one entity; whether it is in reach is another question. */
  canView(entity: Entity): boolean {
    return (
      this.allowsSchema(entity.schema) &&
      this.#rights.allows('entity:view', `${entity.schema}:${entity.id}`, toWire(entity))
    );
  }

  /**
   * An entity that passes all gates. Throws 403 when the schema is closed or the role does not grant it, 404 when it is unknown, of another
   * schema, or out of reach.
   */
  async load(slug: string, id: string): Promise<Entity> {
    this.requireSchema(slug);
    const [found] = await entitiesOfSchemas(this.#queries, this.#reach(), [{ schema: slug, id }]);
    return this.#admitted(slug, id, found);
  }

  /** Two entities in one statement; throws for the first that does not pass what `load` throws. */
  async loadBoth(first: EntityReference, second: EntityReference): Promise<readonly [Entity, Entity]> {
    for (const { schema } of [first, second]) this.requireSchema(schema);
    const [one, other] = await entitiesOfSchemas(this.#queries, this.#reach(), [first, second]);
    return [this.#admitted(first.schema, first.id, one), this.#admitted(second.schema, second.id, other)];
  }

  /** The same with its neighbours, by relations in either direction, that pass all gates; of more than 1,000 neighbours only so many. */
  async loadWithNeighbours(slug: string, id: string): Promise<{ entity: Entity; neighbours: Entity[] }> {
    this.requireSchema(slug);
    const found = isEntityId(id)
      ? await this.#inReach(isOrTouches(this.user.org, id), { schema: slug, ids: [id], proof: 'direct' })
      : [];
    const own = found.find(({ entity }) => entity.id === id && entity.schema === slug);
    const others = found.filter(({ entity }) => entity.id !== id);
    return { entity: this.#admitted(slug, id, own), neighbours: this.#passing(others) };
  }

  /** The neighbours that some entities of a schema have in others, by the entity; those that pass all gates, ordered by id. */
  async neighboursOf(schema: string, ids: readonly string[]): Promise<Map<string, Entity[]>> {
    const neighbours = new Map<string, Entity[]>();
    if (ids.length === 0) return neighbours;
    const schemas = this.schemas.all().map(({ slug }) => slug);
    const found = await neighboursWithReach(this.#queries, this.#reach(), { schema, ids }, schemas);
    for (const { entity, isReached, touches } of found) {
      if (!isReached || !this.canView(entity)) continue;
      for (const id of touches) neighbours.set(id, [...(neighbours.get(id) ?? []), entity]);
    }
    return neighbours;
  }

  #admitted(slug: string, id: string, found: FoundEntity | undefined): Entity {
    const isGranted = found?.isReached
      ? this.canView(found.entity)
      : this.#rights.allows('entity:view', `${slug}:${id}`) ||
        this.#rights.allows('entity:view', `${slug}:*`);
    if (!isGranted) throw forbidden('Not permitted: entity:view');
    if (!found?.isReached) throw notFound('The entity', 'ENTITY_NOT_FOUND');
    return found.entity;
  }

  #passing(found: readonly FoundEntity[]): Entity[] {
    return found.flatMap(({ entity, isReached }) => (isReached && this.canView(entity) ? [entity] : []));
  }

  /** Those of some entities that pass all gates, in their order. */
  async filter(entities: readonly Entity[]): Promise<Entity[]> {
    const reached = await this.reaches(entities);
    return entities.filter((entity) => reached.has(entity.id) && this.canView(entity));
  }

  /** The entities with these ids that pass all gates, in the order of the ids. */
  async loadMany(ids: readonly string[]): Promise<Entity[]> {
    const wanted = [...new Set(ids.filter(isEntityId))];
    if (wanted.length === 0) return [];
    const passing = new Map(
      this.#passing(await this.#inReach(hasOneOf(wanted))).map((entity) => [entity.id, entity]),
    );
    return wanted.flatMap((id) => passing.get(id) ?? []);
  }

  /** Whether an attribute of a schema may be seen; system members always. */
  canViewAttribute(slug: string, name: string): boolean {
    const schema = this.schemas.find(slug);
    return name in this.#rights.visible(slug, { [name]: null }, (member) => placeOf(schema, member));
  }

  /** Those of some attributes of a schema that may be seen. */
  visibleMembers(slug: string, members: Document): Document {
    const schema = this.schemas.find(slug);
    return this.#rights.visible(slug, members, (member) => placeOf(schema, member));
  }

  /** An entity's JSON without the attributes the user may not see; pending values go with their attribute. Asks no gate. */
  shownAttributes(entity: Entity): Document {
    const shown = visibleDocument(this.#rights, this.schemas.find(entity.schema), entity);
    const members = Object.entries(shown).filter(([name]) => !NEVER_SHOWN.has(name));
    const pending = this.#shownChangesets(entity);
    return { ...Object.fromEntries(members), ...(pending ? { _changesets: pending } : {}) };
  }

  /** The pending values of what the user may see; who else proposed one stays with the utility. */
  #shownChangesets({ schema, doc }: Entity): Document | undefined {
    const { _changesets: pending } = doc;
    if (!isDocument(pending)) return undefined;
    const shown = Object.entries(this.visibleMembers(schema, pending)).flatMap(([name, changeset]) =>
      isDocument(changeset) ? [[name, withoutStrangers(changeset, this.user.portalUserId)]] : [],
    );
    return shown.length > 0 ? Object.fromEntries(shown) : undefined;
  }

  /**
   * Entities that others refer to (`holders`, which are in reach), and how to show them: what is in reach and, unless `strictly`, the parties to it (customers and their like). All
   * gates hold; what fails one is undefined. The answer knows these entities only.
   */
  async related(
    ids: readonly string[],
    strictly: boolean,
    holders: readonly EntityReference[],
  ): Promise<{ entities: Entity[]; show: (entity: Entity) => Document | undefined }> {
    const wanted = [...new Set(ids.filter(isEntityId))];
    const found = wanted.length === 0 ? [] : await this.#inReach(hasOneOf(wanted), startAt(holders));
    const reached = new Set(found.flatMap(({ entity, isReached }) => (isReached ? [entity.id] : [])));
    return {
      entities: found.map(({ entity }) => entity),
      show: (entity) =>
        reached.has(entity.id) || (!strictly && isParty(entity.schema)) ? this.show(entity) : undefined,
    };
  }

  /** What the user sees of an entity in reach; undefined when the schema or grant gate is closed. */
  show(entity: Entity): Document | undefined {
    return this.canView(entity) ? this.shownAttributes(entity) : undefined;
  }

  /** Throws 403 when the user may not change an entity at all. Accounts and foreign contacts are for looking only (§5.3, §5.8). */
  requireEdit(entity: Entity): void {
    const isForLooking =
      entity.schema === 'account' ||
      entity.schema === 'portal_user' ||
      (entity.schema === 'contact' && entity.id !== this.user.contactId);
    const resource = `${entity.schema}:${entity.id}`;
    if (isForLooking || this.user.readOnly || !this.#rights.allows('entity:edit', resource, toWire(entity))) {
      throw forbidden('Not permitted: entity:edit');
    }
  }

  /** Whether the user may change one attribute; the entity itself needs `requireEdit` besides. */
  canEditAttribute(entity: Entity, name: string): boolean {
    const schema = this.schemas.find(entity.schema);
    return !this.user.readOnly && this.#rights.mayEdit(entity.schema, placeOf(schema, name), toWire(entity));
  }

  /** Whether the role grants something that is no entity, such as `meter_reading:create` on `*`. */
  allows(action: string, resource: string, entity?: Entity): boolean {
    return this.#rights.allows(action, resource, entity ? toWire(entity) : undefined);
  }

  async #load(schemas: readonly string[]): Promise<Entity[]> {
    const rows = await this.#queries.query<{ id: string }>(
      sql`select id from (${this.reachable(schemas)}) r limit ${MOST_JUDGED}`,
    );
    return findEntities(
      this.#queries,
      rows.map(({ id }) => id),
    );
  }

  #inReach(condition: Sql, start?: Start): Promise<FoundEntity[]> {
    const schemas = this.schemas.all().map(({ slug }) => slug);
    return entitiesWithReach(this.#queries, this.#reach(), condition, schemas, start);
  }

  #reach(): Reach {
    return reachOf(this.user, this.portal.config, this.today, this.viewableSchemas());
  }
}

/** Holders as what others hang on; they are nearly always of one schema. */
function startAt(holders: readonly EntityReference[]): Start | undefined {
  const schema = holders[0]?.schema;
  if (schema === undefined) return undefined;
  const ids = holders.filter((one) => one.schema === schema).map(({ id }) => id);
  return { schema, ids, proof: 'given' };
}

/** Rights that open nothing of what is internal, whatever a role grants. */
function withoutInternal(rights: EntityRights): EntityRights {
  return {
    allows: (action, resource, entity) => rights.allows(action, resource, entity),
    granted: (action, schema) => rights.granted(action, schema),
    mayEdit: (schema, attribute, entity) => rights.mayEdit(schema, attribute, entity),
    visible(schema, members, placeOf) {
      const shown = rights.visible(schema, members, placeOf);
      const internal = INTERNAL[schema];
      return internal
        ? Object.fromEntries(Object.entries(shown).filter(([name]) => !internal.has(name)))
        : shown;
    },
  };
}

function allowedSlugs(value: unknown): ReadonlySet<string> | undefined {
  if (!Array.isArray(value)) return undefined;
  return new Set(value.filter((slug): slug is string => typeof slug === 'string'));
}
