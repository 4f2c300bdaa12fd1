/** A kind of entity that an event's payload may contain. */
interface GraphNode {
  /** The member of the payload. */
  readonly id: string;
  readonly schemas: readonly string[];
  /** `many` gives a list, `one` an object or nothing. */
  readonly cardinality: 'one' | 'many';
}

/** Which entities around a first one belong into the payload (spec/entities.md §11, contract schema `GraphDefinition`). */
export interface EventGraph {
  /** The node of the entity that starts the graph. */
  readonly seed: string;
  readonly nodes: readonly GraphNode[];
  /** Followed over relations in either direction, in this order. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** Entity writes that raise an event by themselves. */
export interface EntityTrigger {
  readonly operations: readonly ('createEntity' | 'updateEntity' | 'deleteEntity')[];
  readonly schemas: readonly string[];
  /** At least one of them is in the diff; undefined means any change. */
  readonly attributes?: readonly string[];
  /** Raised when a relation of one of the attributes lost an item, not on other changes. */
  readonly removedOnly?: boolean;
}

export interface EventField {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly required?: boolean;
}

/** One business event of the catalog. */
export interface CatalogEvent {
  readonly name: string;
  readonly title: string;
  /** When it fires. */
  readonly description: string;
  /** MAJOR.MINOR of the payload. */
  readonly version: string;
  readonly tags: readonly string[];
  readonly trigger?: EntityTrigger;
  /** Nothing in the server raises it: apps, journeys and scripts do, by `triggerEvent`. */
  readonly calledFor?: true;
  readonly graph?: EventGraph;
  /** Members of the payload beside the graph. */
  readonly fields: Readonly<Record<string, EventField>>;
  /** Members of an example payload, without the envelope. */
  readonly example: Readonly<Record<string, unknown>>;
}
