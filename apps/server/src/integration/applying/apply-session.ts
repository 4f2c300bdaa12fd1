import { randomUUID } from 'node:crypto';
import {
  type ChangeSource,
  type Document,
  type EntityChange,
  type EntityGraph,
  type OrganisationSchemas,
  schemasOf,
} from '../../entities/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { EntitySyncNote, ReadingsSyncNote, SyncOrigin } from '../syncing/sync-store.ts';
import { EntityDirectory } from './entity-directory.ts';
import { EntityWishes, type WishSettled } from './entity-wishes.ts';
import { type Identity, isReference, stubAttributes } from './identity.ts';

/** What a session needs to know beside its transaction. */
export interface SessionOptions {
  readonly graph: EntityGraph;
  /** Writes every update by itself, so that a refused one can take no other along. */
  readonly oneByOne: boolean;
}

/**
 * The updates of some events on their way into the graph, in one transaction: entities are found or planned in order, and written together as
 * long as no lookup depends on what is not written yet. The result is the same as if every update were written before the next is looked at.
 */
export class ApplySession {
  readonly tx: TenantTransaction;
  readonly schemas: OrganisationSchemas;
  readonly oneByOne: boolean;
  readonly #directory: EntityDirectory;
  readonly #wishes: EntityWishes;
  readonly #synced = new Map<string, EntitySyncNote>();
  readonly #readings = new Map<string, ReadingsSyncNote>();
  #source: ChangeSource;
  #origin: SyncOrigin | undefined;

  private constructor(tx: TenantTransaction, schemas: OrganisationSchemas, options: SessionOptions) {
    this.#source = { kind: 'erp', actor: { type: 'system' } };
    this.tx = tx;
    this.schemas = schemas;
    this.oneByOne = options.oneByOne;
    this.#directory = new EntityDirectory(tx);
    this.#wishes = new EntityWishes(tx, options.graph);
  }

  /** Opens a session and locks and looks up the identities that its updates will need. */
  static async open(
    tx: TenantTransaction,
    identities: readonly Identity[],
    options: SessionOptions,
  ): Promise<ApplySession> {
    const session = new ApplySession(tx, await schemasOf(tx), options);
    await session.#directory.lookUp(identities);
    return session;
  }

  /** Names the event whose updates follow. */
  begin(source: ChangeSource, origin: SyncOrigin): void {
    this.#source = source;
    this.#origin = origin;
  }

  /** The event whose updates are being planned; they are written later, maybe together with those of the next one. */
  get origin(): SyncOrigin | undefined {
    return this.#origin;
  }

  /** The entities with an identity, oldest first, as of all updates so far. */
  async find(identity: Identity): Promise<readonly string[]> {
    const known = this.#directory.find(identity);
    if (known) return known;
    await this.flush();
    await this.#directory.lookUp([identity]);
    return this.#directory.find(identity) ?? [];
  }

  /** Whether an entity in the recycle bin has an identity that was asked for. */
  hasDeleted(identity: Identity): boolean {
    return this.#directory.hasDeleted(identity);
  }

  /** Plans an entity with an identity that nobody has. Answers its id. */
  create(identity: Identity, attributes: Document, settled?: WishSettled): string {
    const id = randomUUID();
    this.#directory.planCreation(identity, id, attributes);
    this.#wishes.add({ kind: 'create', schema: identity.schema, attributes, id }, this.#source, settled);
    return id;
  }

  /** Plans a change of an entity; `null` clears, array operations apply. */
  patch(schema: string, id: string, attributes: Document, settled?: WishSettled): void {
    this.#directory.planChange(schema, id, attributes);
    this.#wishes.add({ kind: 'patch', schema, id, attributes }, this.#source, settled);
  }

  /** Plans the removal of an entity. */
  remove(change: EntityChange & { readonly kind: 'delete' | 'purge' }, settled?: WishSettled): void {
    this.#directory.planRemoval(change.id);
    this.#wishes.add(change, this.#source, settled);
  }

  /**
   * The one entity with an identity, created as a stub when there is none (erp-integration.md 8.5); otherwise why there is no such entity.
   */
  async findOrCreateStub(identity: Identity): Promise<{ id: string } | { missing: 'several' | 'none' }> {
    const [id, ...others] = await this.find(identity);
    if (id !== undefined) return others.length > 0 ? { missing: 'several' } : { id };
    if (!this.mayBecomeStub(identity)) return { missing: 'none' };
    return { id: this.create(identity, stubAttributes(identity)) };
  }

  /** Whether an entity that nobody has may be created for an identity: not by `_id` alone, and not of a schema that does not exist. */
  mayBecomeStub(identity: Identity): boolean {
    return !isReference(identity) && this.schemas.find(identity.schema) !== undefined;
  }

  /** Notes what an update did to an entity. */
  noteSync(id: string, { operation, ...origin }: Omit<EntitySyncNote, 'changed'>): void {
    const changed = operation !== 'no-op' || this.#synced.get(id)?.changed === true;
    this.#synced.set(id, { operation, ...origin, changed });
  }

  /** Notes what happened to readings of a meter or counter. */
  noteReadings(id: string, note: ReadingsSyncNote): void {
    this.#readings.set(id, note);
  }

  /** What the updates so far did, by entity; of several updates of one entity the last counts. */
  get synced(): ReadonlyMap<string, EntitySyncNote> {
    return this.#synced;
  }

  /** The same for readings, by meter and counter. */
  get readingsSynced(): ReadonlyMap<string, ReadingsSyncNote> {
    return this.#readings;
  }

  /** Writes what is planned. */
  async flush(): Promise<void> {
    if (this.#wishes.count === 0) return;
    await this.#wishes.write(!this.oneByOne);
    this.#directory.settle();
  }
}
