import type { Clock } from '../ports/index.ts';
import { Refusal } from '../refusal.ts';
import type { TenantTransaction } from '../storage/index.ts';
import { findByUniqueKeys } from './lookup/find-by-unique-keys.ts';
import { lockUniqueKeys } from './lookup/lock-unique-keys.ts';
import type { UniqueKey } from './lookup/unique-key.ts';
import type { Document } from './model/document.ts';
import type {
  EntityChange,
  EntityChangeListener,
  SourcedChange,
  WriteOptions,
  WriteResult,
} from './writing/entity-change.ts';
import { writeEntities } from './writing/write-entities.ts';

/** The result of one wish that was fulfilled. */
export type Written = Exclude<WriteResult, { outcome: 'refused' } | { outcome: 'purged' }>;

/** What `upsert` needs to know. */
export interface UpsertInput {
  readonly schema: string;
  readonly keys: readonly UniqueKey[];
  readonly attributes: Document;
  /** Several matches: 409 instead of patching the oldest. Default false. */
  readonly strict?: boolean;
}

/**
 * The writing side of the entity graph, for the whole server. Every method works in the caller's transaction; reading goes through the free
 * functions of this domain. All throw `Refusal` (404 unknown entity or schema, 400 unusable document, 409 precondition, 413 too large).
 */
export class EntityGraph {
  readonly #clock: Clock;
  readonly #listeners: readonly EntityChangeListener[];

  constructor(options: { readonly clock: Clock; readonly listeners?: readonly EntityChangeListener[] }) {
    this.#clock = options.clock;
    this.#listeners = options.listeners ?? [];
  }

  /** Fulfils many wishes in a constant number of statements; refusals are results, not exceptions. A wish may name a source of its own. */
  write(
    tx: TenantTransaction,
    changes: readonly SourcedChange[],
    options: WriteOptions,
  ): Promise<WriteResult[]> {
    return writeEntities(tx, changes, options, { now: this.#clock.now(), listeners: this.#listeners });
  }

  create(
    tx: TenantTransaction,
    input: { schema: string; attributes: Document },
    options: WriteOptions,
  ): Promise<Written> {
    return this.#one(tx, { kind: 'create', ...input }, options);
  }

  /** Merges on the top level; `null` clears. */
  patch(
    tx: TenantTransaction,
    input: { id: string; schema?: string; attributes: Document; unchangedSince?: Date },
    options: WriteOptions,
  ): Promise<Written> {
    return this.#one(tx, { kind: 'patch', ...input }, options);
  }

  /** Like `patch`, and clears the schema's attributes that were not sent. */
  put(
    tx: TenantTransaction,
    input: { id: string; schema?: string; attributes: Document },
    options: WriteOptions,
  ): Promise<Written> {
    return this.#one(tx, { kind: 'put', ...input }, options);
  }

  /** Puts an entity into the recycle bin for 30 days; one that lies there already stays `unchanged`. */
  softDelete(
    tx: TenantTransaction,
    input: { id: string; schema?: string },
    options: WriteOptions,
  ): Promise<Written> {
    return this.#one(tx, { kind: 'delete', ...input }, options);
  }

  /** Removes an entity with its activity, and from the relations of others, whether or not it lies in the recycle bin. */
  async purge(
    tx: TenantTransaction,
    input: { id: string; schema?: string },
    options: WriteOptions,
  ): Promise<void> {
    const [result] = await this.write(tx, [{ kind: 'purge', ...input }], options);
    if (result?.outcome === 'refused') throw result.refusal;
  }

  /** Takes an entity out of the recycle bin; 400 `ENTITY_NOT_DELETED` when it does not lie there. */
  restore(
    tx: TenantTransaction,
    input: { id: string; schema?: string },
    options: WriteOptions,
  ): Promise<Written> {
    return this.#one(tx, { kind: 'restore', ...input }, options);
  }

  /** Writes the pending value of an attribute, or gives it up; 404 `CHANGESET_NOT_FOUND` when none is pending. */
  resolveChangeset(
    tx: TenantTransaction,
    input: { id: string; schema?: string; attribute: string; resolution: 'apply' | 'dismiss' },
    options: WriteOptions,
  ): Promise<Written> {
    const { resolution, ...change } = input;
    return this.#one(tx, { kind: `${resolution}-changeset`, ...change }, options);
  }

  /**
   * Finds by unique keys and patches, or creates (spec/entities.md §6.2). Concurrent calls with the same keys wait for each other. 409 for
   * several matches when strict, 405 when only entities in the recycle bin match.
   */
  async upsert(tx: TenantTransaction, input: UpsertInput, options: WriteOptions): Promise<Written> {
    const { schema, keys, attributes } = input;
    await lockUniqueKeys(tx, [{ schema, keys }]);
    const matches = await findByUniqueKeys(tx, schema, keys);
    const [oldest, ...others] = matches;
    if (oldest && others.length > 0 && input.strict === true) {
      throw new Refusal(409, 'UNIQUE_KEY_MULTIPLE_MATCHES', 'Several entities have these unique keys');
    }
    if (oldest) return this.patch(tx, { id: oldest.id, schema, attributes }, options);
    const deleted = await findByUniqueKeys(tx, schema, keys, { includeDeleted: true });
    if (deleted.length > 0) {
      throw new Refusal(
        405,
        'ENTITY_DELETED',
        'Only a deleted entity has these unique keys; restore it first',
      );
    }
    return this.create(tx, { schema, attributes }, options);
  }

  async #one(tx: TenantTransaction, change: EntityChange, options: WriteOptions): Promise<Written> {
    const [result] = await this.write(tx, [change], options);
    if (!result || result.outcome === 'purged') throw new Error('A wish has exactly one result');
    if (result.outcome === 'refused') throw result.refusal;
    return result;
  }
}
