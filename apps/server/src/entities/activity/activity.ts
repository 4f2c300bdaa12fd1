import type { Document } from '../model/document.ts';
import type { Diff, Operation } from '../writing/entity-change.ts';

/** Something that happened, as it stands in the feeds of the entities it touched (contract schema `Activity`). */
export interface Activity {
  /** ULID: sorts by time. */
  readonly id: string;
  readonly timestamp: Date;
  /** One of the implicit types such as `EntityUpdated`, or any custom one. */
  readonly type: string;
  readonly title: string;
  /** Handlebars text; clients render it. */
  readonly message: string;
  readonly payload: Document;
  readonly caller: Document;
  readonly pending: boolean;
}

/** One entity's part in an activity (contract schema `EntityOperation`); `activity_id` and `activity_type` are added on reading. */
export interface ActivityOperation {
  readonly entity: string;
  readonly org: string;
  readonly operation: Operation;
  readonly params: { readonly id: string; readonly slug: string };
  readonly payload?: Document;
  readonly diff: Diff;
  readonly source_context: Document;
}
