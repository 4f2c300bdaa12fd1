import type { Entity } from '../model/entity.ts';
import type { EntitySchema } from '../schemas/entity-schema.ts';
import type { OrganisationSchemas } from '../schemas/schema-catalogue.ts';

/** An entity on its way through a write: as it was loaded, and as it will be stored. */
export interface Draft {
  readonly schema: EntitySchema;
  /** Undefined for an entity this write creates. */
  readonly loaded: Entity | undefined;
  /** Undefined once purged. */
  current: Entity | undefined;
}

/** An entity as the current wish found and left it; `before` is undefined when created, `after` when purged. */
export interface TouchedEntity {
  readonly id: string;
  readonly before: Entity | undefined;
  readonly after: Entity | undefined;
}

/** A relation target this write knows of without having loaded it. */
export interface KnownTarget {
  readonly schema: string;
  readonly isDeleted: boolean;
}

/**
 * The entities of one write, locked and loaded together, changed in memory one wish after the other, and stored together at the end: so the
 * number of statements does not grow with the number of changes.
 */
export class WorkingSet {
  readonly schemas: OrganisationSchemas;
  readonly #drafts = new Map<string, Draft>();
  readonly #targets = new Map<string, KnownTarget>();
  #before = new Map<string, Entity | undefined>();

  constructor(schemas: OrganisationSchemas) {
    this.schemas = schemas;
  }

  /** Takes in an entity that the transaction has locked. */
  addLoaded(entity: Entity): void {
    if (this.#drafts.has(entity.id)) return;
    this.#drafts.set(entity.id, { schema: this.schemas.get(entity.schema), loaded: entity, current: entity });
  }

  /** Takes in an entity that does not exist yet. */
  addCreated(entity: Entity): void {
    this.#before.set(entity.id, undefined);
    this.#drafts.set(entity.id, {
      schema: this.schemas.get(entity.schema),
      loaded: undefined,
      current: entity,
    });
  }

  /** Takes in a relation target, or that there is none with this id. */
  addTarget(id: string, target: KnownTarget | undefined): void {
    if (target) this.#targets.set(id, target);
    else this.#targets.delete(id);
  }

  ids(): string[] {
    return [...this.#drafts.keys()];
  }

  has(id: string): boolean {
    return this.#drafts.has(id);
  }

  /** The entity as it stands now in this write; undefined when it is not in the set or was purged. */
  current(id: string): Entity | undefined {
    return this.#drafts.get(id)?.current;
  }

  schemaOf(id: string): EntitySchema | undefined {
    return this.#drafts.get(id)?.schema;
  }

  /** What a relation may point to: a draft, or a target that was checked. */
  target(id: string): KnownTarget | undefined {
    const draft = this.#drafts.get(id);
    if (!draft) return this.#targets.get(id);
    return (
      draft.current && { schema: draft.current.schema, isDeleted: draft.current.deletedAt !== undefined }
    );
  }

  /** Replaces the state of an entity; `undefined` purges it. */
  change(id: string, entity: Entity | undefined): void {
    const draft = this.#drafts.get(id);
    if (!draft) throw new Error('Only entities of the working set can be changed');
    if (!this.#before.has(id)) this.#before.set(id, draft.current);
    draft.current = entity;
  }

  /** Begins a wish: from here on `stampTouched` and `undo` refer to it. */
  begin(): void {
    this.#before = new Map();
  }

  #touched(): {
    readonly id: string;
    readonly before: Entity | undefined;
    readonly after: Entity | undefined;
  }[] {
    return [...this.#before].map(([id, before]) => ({ id, before, after: this.current(id) }));
  }

  /** The touched entities, with `_updated_at` moved also on those that only a reverse pair has changed. */
  stampTouched(now: Date): TouchedEntity[] {
    for (const { id, before, after } of this.#touched()) {
      if (before && after && after.updatedAt !== now) this.change(id, { ...after, updatedAt: now });
    }
    return this.#touched().filter(({ before, after }) => before !== after);
  }

  /** Takes everything back that the current wish has done. */
  undo(): void {
    for (const [id, before] of this.#before) {
      const draft = this.#drafts.get(id);
      if (draft && before === undefined && draft.loaded === undefined) this.#drafts.delete(id);
      else if (draft) draft.current = before;
    }
    this.begin();
  }

  /** The drafts that have to be stored. */
  changedDrafts(): Draft[] {
    return [...this.#drafts.values()].filter((draft) => draft.current !== draft.loaded);
  }
}
