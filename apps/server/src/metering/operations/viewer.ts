import {
  type Document,
  type Entity,
  type EntityAccess,
  type EntityRights,
  findEntities,
  type OrganisationSchemas,
  schemasOf,
  toWire,
  visibleDocument,
} from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import { forbidden, notFound } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';

/** An entity that a request names. */
interface Wanted {
  readonly schema: string;
  readonly id: string;
}

/** What a caller may see of meters, counters and readings. */
export interface Viewer {
  /** Throws 404 when there is no such entity in the caller's reach, 403 when it may not be seen. */
  load(schema: string, id: string): Promise<Entity>;
  /** Two of them in one statement; throws for the first that does not pass what `load` throws. */
  loadBoth(first: Wanted, second: Wanted): Promise<readonly [Entity, Entity]>;
  /** Those that may be seen, in their order. */
  filter(entities: readonly Entity[]): Promise<Entity[]>;
  /** The JSON of an entity without the attributes that may not be seen; undefined when that is all of it. */
  show(entity: Entity): Document | undefined;
  allows(action: string, resource: string): boolean;
}

/** Who tells what callers may see. */
export interface ViewerSources {
  readonly access: EntityAccess;
  /** The rules of portal users: what is theirs. */
  readonly portalAccess: (call: Pick<Call, 'principal' | 'tenant'>) => Promise<Viewer>;
}

/** What the caller may see; throws 403 for callers who are neither staff, nor an access token, nor a portal user. */
export async function viewerOf(
  { access, portalAccess }: ViewerSources,
  call: Pick<Call, 'principal' | 'tenant'>,
): Promise<Viewer> {
  const { principal, tenant } = call;
  if (principal.kind === 'portal_user') return portalAccess(call);
  if (principal.kind !== 'user' && principal.kind !== 'api_client' && principal.kind !== 'app')
    throw forbidden();
  return new StaffViewer(tenant, await access.rightsOf(principal), await schemasOf(tenant));
}

/** Throws 403 when the caller may not take an action on readings. */
export function requireReadingAction(viewer: Viewer, action: 'view' | 'create' | 'edit' | 'delete'): void {
  if (!viewer.allows(`meter_reading:${action}`, '*'))
    throw forbidden(`Not permitted: meter_reading:${action}`);
}

class StaffViewer implements Viewer {
  readonly #queries: TenantQueries;
  readonly #rights: EntityRights;
  readonly #schemas: OrganisationSchemas;

  constructor(queries: TenantQueries, rights: EntityRights, schemas: OrganisationSchemas) {
    this.#queries = queries;
    this.#rights = rights;
    this.#schemas = schemas;
  }

  async load(schema: string, id: string): Promise<Entity> {
    const [entity] = await findEntities(this.#queries, [id]);
    return this.#admitted(schema, entity);
  }

  async loadBoth(first: Wanted, second: Wanted): Promise<readonly [Entity, Entity]> {
    const found = await findEntities(this.#queries, [first.id, second.id]);
    const admitted = ({ schema, id }: Wanted) =>
      this.#admitted(
        schema,
        found.find((entity) => entity.id === id),
      );
    return [admitted(first), admitted(second)];
  }

  #admitted(schema: string, entity: Entity | undefined): Entity {
    if (entity?.schema !== schema) throw notFound('Entity', 'ENTITY_NOT_FOUND');
    if (!this.#maySee(entity)) throw forbidden('Not permitted: entity:view');
    return entity;
  }

  async filter(entities: readonly Entity[]): Promise<Entity[]> {
    return entities.filter((entity) => this.#maySee(entity));
  }

  show(entity: Entity): Document | undefined {
    if (!this.#maySee(entity)) return undefined;
    return visibleDocument(this.#rights, this.#schemas.find(entity.schema), entity);
  }

  allows(action: string, resource: string): boolean {
    return this.#rights.allows(action, resource);
  }

  #maySee(entity: Entity): boolean {
    return this.#rights.allows('entity:view', `${entity.schema}:${entity.id}`, toWire(entity));
  }
}
