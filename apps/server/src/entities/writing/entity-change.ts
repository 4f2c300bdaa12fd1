import type { Refusal } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { Document } from '../model/document.ts';
import type { Entity } from '../model/entity.ts';

/** Where a write comes from; recorded with every activity operation (contract schema `EntityOperationSourceContext`). */
export interface ChangeSource {
  readonly kind: 'api' | 'portal' | 'erp' | 'journey' | 'automation' | 'system' | 'epilot' | 'external';
  readonly actor: {
    readonly type: 'user' | 'portal_user' | 'api_client' | 'automation' | 'system';
    readonly id?: string;
  };
  /** A finer name such as `end_customer_portal`; also kept as the `source` of parked changes. */
  readonly label?: string;
  /** What the feed shows as caller (contract schema `ActivityCallerContext`). */
  readonly caller?: Document;
  /** The ERP integration and the inbound event behind the write. */
  readonly integrationId?: string;
  readonly eventId?: string;
}

/** One wish. `schema`, where optional, is a check: the entity must have it, else 404. */
export type EntityChange =
  | { readonly kind: 'create'; readonly schema: string; readonly attributes: Document; readonly id?: string }
  | {
      /** `patch` merges on the top level and `null` clears; `put` also clears schema attributes that are absent. */
      readonly kind: 'patch' | 'put';
      readonly id: string;
      readonly schema?: string;
      readonly attributes: Document;
      /** A precondition: an entity stored later than this is left alone with 409. */
      readonly unchangedSince?: Date;
    }
  | { readonly kind: 'delete' | 'purge' | 'restore'; readonly id: string; readonly schema?: string }
  | {
      readonly kind: 'apply-changeset' | 'dismiss-changeset';
      readonly id: string;
      readonly schema?: string;
      readonly attribute: string;
    };

/** A wish with a source of its own, where the wishes of one call come from several. */
export type SourcedChange = EntityChange & { readonly source?: ChangeSource };

/** What holds for all changes of one call. */
export interface WriteOptions {
  readonly source: ChangeSource;
  /** Writes through edit modes; pending external changesets that the value confirms are cleared (spec/entities.md §7). Default false. */
  readonly direct?: boolean;
  /** Takes `_set`, `_append` and `_append_all` in attribute values as operations, as ERP mappings send them. Default false. */
  readonly arrayOperations?: boolean;
  /** Attributes parked for approval although their schema says `direct`, by the portal's configuration. */
  readonly approvalAttributes?: ReadonlySet<string>;
  /** The type of the activity when something was updated, instead of `EntityUpdated`. */
  readonly activityType?: string;
  /** Attaches the operations to this activity instead of a new one; 404 when it does not exist. */
  readonly activityId?: string;
  /** Ends the pending state of that activity. */
  readonly fillActivity?: boolean;
  /** Works out the result and writes nothing. */
  readonly dryRun?: boolean;
}

/** Differences by top-level member. `updated` and `deleted` hold the values before the change, `added` the new ones (spec/entities.md §10). */
export interface Diff {
  readonly added: Document;
  readonly updated: Document;
  readonly deleted: Document;
}

export type Operation =
  | 'createEntity'
  | 'updateEntity'
  | 'softDeleteEntity'
  | 'deleteEntity'
  | 'restoreEntity'
  | 'relationsAdded'
  | 'relationsRemoved'
  | 'relationsDeleted';

/** Names of the attributes whose parked values a write created, confirmed, applied or dismissed. */
export interface ChangesetEffects {
  readonly created: readonly string[];
  readonly cleared: readonly string[];
  readonly applied: readonly string[];
  readonly dismissed: readonly string[];
}

/** One entity that a write has changed. The relations `relationsAdded/Removed/Deleted` mark the other side of a reverse pair. */
export interface EntityChanged {
  readonly operation: Operation;
  /** Undefined for a created entity. */
  readonly before: Entity | undefined;
  /** Undefined for a purged entity. */
  readonly after: Entity | undefined;
  readonly diff: Diff;
  readonly changesets: ChangesetEffects;
  readonly source: ChangeSource;
  /** The activity with this operation; undefined after a purge. */
  readonly activityId: string | undefined;
}

/** Called inside the transaction that writes the changes, once per write; what it throws undoes the write. */
export type EntityChangeListener = (
  tx: TenantTransaction,
  changes: readonly EntityChanged[],
) => Promise<void>;

/** What became of one wish. A refused one has written nothing; the others of the same call stand. */
export type WriteResult =
  | {
      readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted' | 'restored';
      readonly entity: Entity;
      readonly diff: Diff;
      readonly changesets: ChangesetEffects;
      readonly activityId: string | undefined;
    }
  | { readonly outcome: 'purged'; readonly entity: Entity }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };
