import { ConfigNode } from './configuration/config-node.ts';
import {
  type ConfigurationIssue,
  MappingConfigurationError,
} from './configuration/mapping-configuration-error.ts';
import { compileEntityMapping, type EntityMappingPlan } from './rules/entity-mapping.ts';
import { compileReadingMapping, type ReadingMappingPlan } from './rules/reading-mapping.ts';

/** A configuration compiled for any number of payloads. Immutable, and free of everything outside the configuration. */
export interface MappingPlan {
  readonly entities: readonly EntityMappingPlan[];
  readonly readings: readonly ReadingMappingPlan[];
}

/**
 * Compiles the configuration of an inbound use case, `{ entities?, meter_readings? }` (flat version 2.0, contract:
 * `InboundIntegrationEventConfiguration`). Everything spec ERP §6.2 refuses is found in one pass, also inside disabled
 * mappings; unknown properties are ignored, and so are entries that are empty objects, as documented calls have them. The plan shares constants with the configuration: do not change it later.
 *
 * @throws MappingConfigurationError with all issues
 */
export function compileMapping(configuration: unknown): MappingPlan {
  const issues: ConfigurationIssue[] = [];
  const plan = compileMappingAt(ConfigNode.root(configuration, issues));
  if (issues.length > 0) throw new MappingConfigurationError(issues);
  return plan;
}

/** As `compileMapping`, for a configuration inside a larger one; issues go to the node's list and the plan is partial. */
export function compileMappingAt(node: ConfigNode): MappingPlan {
  if (!node.isObject()) return { entities: [], readings: [] };
  const entities = node.member('entities').optionalElements();
  const readings = node.member('meter_readings').optionalElements();
  return {
    entities: entities.flatMap((entity, index) => compileEntityMapping(entity, index) ?? []),
    readings: readings.flatMap((reading, index) => compileReadingMapping(reading, index) ?? []),
  };
}
