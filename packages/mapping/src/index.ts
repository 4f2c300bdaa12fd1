export { compileMapping, type MappingPlan } from './compile-mapping.ts';
export {
  type ConfigurationIssue,
  type ConfigurationIssueCode,
  MappingConfigurationError,
} from './configuration/mapping-configuration-error.ts';
export { type MappingOptions, type MappingResult, mapPayload } from './map-payload.ts';
export { MalformedPayloadError, type PayloadPosition } from './payload/malformed-payload-error.ts';
export { type PayloadFormat, parsePayload } from './payload/parse-payload.ts';
export {
  type Checked,
  type NormalisedReading,
  normaliseReading,
  normaliseReadingKey,
  type ReadingKey,
  type ReadingMatching,
  type ReadingViolation,
} from './readings/normalise-reading.ts';
export { parseReadingTimestamp, type ReadingTimestamp } from './readings/reading-timestamp.ts';
export type { ReadingDirection, ReadingReason, ReadingSource } from './readings/reading-values.ts';
export type { EntityUpdate } from './rules/entity-mapping.ts';
export type { Attributes } from './rules/fields.ts';
export type { Identifiers, IdentifierTypes, IdentifierValue, IdentifierValues } from './rules/identifiers.ts';
export type { LinkedEntity } from './rules/linked-entity.ts';
export type { EntityPruneScope, ResolvedScope } from './rules/prune-scope.ts';
export type { ReadingUpdate } from './rules/reading-mapping.ts';
export type { ReadingPruneScope } from './rules/reading-prune-scope.ts';
export type { RelationRefTarget } from './rules/relation-refs.ts';
export type { RelationTarget } from './rules/relations.ts';
export type { RepeatableType } from './rules/repeatable.ts';
export type {
  MappingProblem,
  MappingProblemCategory,
  MappingProblemCode,
  MappingSite,
} from './run/mapping-problem.ts';
export type { FileProxyContext, SchemaAttributes } from './run/mapping-run.ts';
export { compileVersionedMapping } from './simulation/compile-versioned-mapping.ts';
export { type MappingSimulation, toSimulation } from './simulation/to-simulation.ts';
