/** Codes of spec ERP §13 that mapping can give. */
export type MappingProblemCode =
  | 'MAPPING_EXPRESSION_FAILED'
  | 'TIMEOUT'
  | 'MISSING_UNIQUE_IDENTIFIERS'
  | 'UNIQUE_ID_NOT_IN_SCHEMA'
  | 'RELATION_REF_VALUE_UNDEFINED'
  | 'INVALID_METER_READING_ATTRIBUTES'
  | 'PRUNE_SCOPE_PARTIAL_FAILURE'
  | 'PAYLOAD_TOO_LARGE';

/** Error categories of spec ERP §13. */
export type MappingProblemCategory = 'validation' | 'configuration' | 'timeout';

/** The mapping a problem arose in; `index` counts within `entities` or `meter_readings`. */
export interface MappingSite {
  readonly kind: 'entity' | 'reading';
  readonly index: number;
  /** Target schema, `meter_reading` for readings. */
  readonly entitySchema: string;
}

/**
 * Something that did not map as configured. `error`: an item, a reading or a whole mapping was left out and the event
 * cannot be a success; `warning`: an attribute, a relation item or a prune was left out. `item` is the position of the
 * item in its mapping, absent when the whole mapping is concerned. Messages contain no payload values (spec ERP §11.1).
 */
export interface MappingProblem {
  readonly severity: 'error' | 'warning';
  readonly code: MappingProblemCode;
  readonly category: MappingProblemCategory;
  readonly site: MappingSite;
  readonly item?: number;
  /** Attribute, identifier, or the part of the mapping: `jsonataExpression`, `enabled`, `scope`, `meter` … (spec ERP §7). */
  readonly field: string;
  readonly message: string;
}
