import { compileMappingAt, type MappingPlan } from '../compile-mapping.ts';
import { ConfigNode } from '../configuration/config-node.ts';
import {
  type ConfigurationIssue,
  MappingConfigurationError,
} from '../configuration/mapping-configuration-error.ts';
import { compileObjectMapping } from './object-mapping.ts';

/**
 * Compiles the `mapping_configuration` of the first simulation endpoint: version `1.0` (also when absent) with
 * `mapping.objects`, or the wrapped version `2.0` with `mapping.events` (spec ERP §3.3, §6.14). All of it is validated;
 * the plan is that of `objectType`.
 *
 * @throws MappingConfigurationError with all issues, `OBJECT_TYPE_UNKNOWN` when the type is no key of the configuration
 */
export function compileVersionedMapping(configuration: unknown, objectType: string): MappingPlan {
  const issues: ConfigurationIssue[] = [];
  const plan = compileSelected(ConfigNode.root(configuration, issues), objectType);
  if (!plan || issues.length > 0) throw new MappingConfigurationError(issues);
  return plan;
}

function compileSelected(node: ConfigNode, objectType: string): MappingPlan | undefined {
  if (!node.isObject()) return undefined;
  const version = node.member('version').choice(['1.0', '2.0']);
  const mapping = node.member('mapping');
  if (!mapping.isObject()) return undefined;
  const types = mapping.member(version === '1.0' ? 'objects' : 'events');
  const compileType = version === '1.0' ? compileObjectMapping : compileMappingAt;
  const plans = new Map(types.entries().map(([name, type]) => [name, compileType(type)]));
  return (
    plans.get(objectType) ??
    types.refuse('OBJECT_TYPE_UNKNOWN', 'The object type is no key of the configuration')
  );
}
