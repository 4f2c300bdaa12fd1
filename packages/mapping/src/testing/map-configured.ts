import { ExpressionCage } from '@busbar/jsonata';
import {
  compileMapping,
  type MappingOptions,
  type MappingResult,
  type MappingSimulation,
  mapPayload,
  toSimulation,
} from '../index.ts';

const evaluator = new ExpressionCage().forTenant('test');

/** Compiles a configuration and maps one payload with it. */
export async function mapConfigured(
  configuration: unknown,
  payload: unknown,
  options: Partial<MappingOptions> = {},
): Promise<MappingResult> {
  return mapPayload(compileMapping(configuration), payload, { evaluator, ...options });
}

/** As `mapConfigured`, with the answer of a simulation. */
export async function simulateConfigured(
  configuration: unknown,
  payload: unknown,
): Promise<MappingSimulation> {
  return toSimulation(await mapConfigured(configuration, payload));
}

/** Maps with one entity mapping `contact`, identified by `id`, and the fields given; answers the attributes per update. */
export async function mapContactFields(
  fields: readonly object[],
  payload: unknown,
  options: Partial<MappingOptions> = {},
): Promise<{ attributes: unknown[]; problems: string[] }> {
  const entity = {
    entity_schema: 'contact',
    unique_ids: ['id'],
    fields: [{ attribute: 'id', constant: 1 }, ...fields],
  };
  const { entityUpdates, problems } = await mapConfigured({ entities: [entity] }, payload, options);
  const attributes = entityUpdates.map((update) => {
    const { id: _, ...rest } = update.attributes;
    return rest;
  });
  return {
    attributes,
    problems: problems.map(({ severity, code, field }) => `${severity} ${code} ${field}`),
  };
}
