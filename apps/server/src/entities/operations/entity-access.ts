import type { Principal } from '../../identity/principal.ts';
import { forbidden, notFound } from '../../refusal.ts';
import type { ActivityOperation } from '../activity/activity.ts';
import type { Document } from '../model/document.ts';
import { type Entity, toWire } from '../model/entity.ts';
import { visibleDocument } from '../reading/entity-document.ts';
import type { EntityRights } from '../reading/entity-rights.ts';
import { placeOf } from '../schemas/attribute-place.ts';
import type { EntitySchema } from '../schemas/entity-schema.ts';
import type { Diff } from '../writing/entity-change.ts';

/** Where the rights come from; the composition root gives the identity domain's. */
export interface EntityAccess {
  rightsOf(principal: Principal): Promise<EntityRights>;
}

/**
 * A caller's rights over the graph as the entity operations ask for them. Only staff and API tokens get that far: a portal user sees the
 * graph through the Portal API, which knows what belongs to them.
 */
export class CallerAccess {
  readonly #rights: EntityRights;

  private constructor(rights: EntityRights) {
    this.#rights = rights;
  }

  /** Throws 403 for portal users, publishable tokens and callers without a token. */
  static async of(access: EntityAccess, principal: Principal): Promise<CallerAccess> {
    if (principal.kind !== 'user' && principal.kind !== 'api_client' && principal.kind !== 'app')
      throw forbidden();
    return new CallerAccess(await access.rightsOf(principal));
  }

  /** Whether the caller may see entities of a schema, and with them the schema. */
  seesSchema(slug: string): boolean {
    return this.#rights.allows('entity:view', `${slug}:*`);
  }

  /** Throws 403 when the caller may not see a schema. */
  requireSchemaView(slug: string): void {
    if (!this.seesSchema(slug)) throw forbidden('Not permitted: entity:view');
  }

  /** Throws 403 when the caller may not change a schema. */
  requireSchemaEdit(slug: string): void {
    if (!this.#rights.allows('entity:schema:edit', `${slug}:*`))
      throw forbidden('Not permitted: entity:schema:edit');
  }

  /** Throws 403 when the caller may not create entities of a schema. */
  requireCreate(schema: string): void {
    if (!this.#rights.allows('entity:create', `${schema}:*`)) throw forbidden('Not permitted: entity:create');
  }

  /** Throws 403 when the caller may not do this to an entity, 404 when there is none. */
  require(action: 'entity:view' | 'entity:edit' | 'entity:delete', entity: Entity | undefined): Entity {
    if (!entity) throw notFound('Entity', 'ENTITY_NOT_FOUND');
    if (!this.#rights.allows(action, `${entity.schema}:${entity.id}`, toWire(entity))) {
      throw forbidden(`Not permitted: ${action}`);
    }
    return entity;
  }

  /** Throws 403 when a write touched an attribute that the caller may not edit. Platform members need no grant. */
  requireAttributes(schema: EntitySchema, entity: Entity, diff: Diff): void {
    const names = [diff.added, diff.updated, diff.deleted].flatMap((part) => Object.keys(part));
    const refused = names.find(
      (name) =>
        !name.startsWith('_') && !this.#rights.mayEdit(schema.slug, placeOf(schema, name), toWire(entity)),
    );
    if (refused !== undefined) throw forbidden(`Not permitted: entity:attribute:edit ${refused}`);
  }

  /** An entity's JSON without what the caller may not see; undefined when that is all of it. */
  show(schema: EntitySchema | undefined, entity: Entity): Document | undefined {
    if (!this.#rights.allows('entity:view', `${entity.schema}:${entity.id}`, toWire(entity)))
      return undefined;
    return visibleDocument(this.#rights, schema, entity);
  }

  /** An activity operation without the attributes the caller may not see; undefined when the entity itself is closed to them. */
  showOperation(
    schema: EntitySchema | undefined,
    operation: ActivityOperation,
  ): ActivityOperation | undefined {
    const { id, slug } = operation.params;
    if (!this.#rights.allows('entity:view', `${slug}:${id}`)) return undefined;
    const part = (members: Document) => this.#rights.visible(slug, members, (name) => placeOf(schema, name));
    const { added, updated, deleted } = operation.diff;
    return {
      ...operation,
      ...(operation.payload ? { payload: part(operation.payload) } : {}),
      diff: { added: part(added), updated: part(updated), deleted: part(deleted) },
    };
  }
}
