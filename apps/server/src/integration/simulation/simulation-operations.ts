import {
  compileMapping,
  compileVersionedMapping,
  MalformedPayloadError,
  MappingConfigurationError,
  type MappingPlan,
  type MappingSimulation,
  mapPayload,
  type PayloadFormat,
  parsePayload,
  toSimulation,
} from '@busbar/mapping';
import type { Operations } from '../../contract/operation-types.ts';
import { type OrganisationSchemas, schemasOf } from '../../entities/index.ts';
import { unprocessable } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { EventEvaluator } from '../event-evaluator.ts';
import type { IntegrationPlatform } from '../platform.ts';

/** Trying out a mapping without any effect, by the engine that real events go through (erp-integration.md 3.3, 7). */
export function simulationOperations({
  access,
  evaluatorOf,
}: IntegrationPlatform): Operations<'integration-toolkit'> {
  async function simulate(
    tenant: TenantQueries,
    compile: () => MappingPlan,
    { format, payload }: { readonly format: PayloadFormat; readonly payload: unknown },
  ): Promise<MappingSimulation> {
    const schemas = await schemasOf(tenant);
    try {
      const evaluator = new EventEvaluator(evaluatorOf(tenant.org));
      const options = { evaluator, schemaAttributes: attributesOf(schemas) };
      return toSimulation(await mapPayload(compile(), parsePayload(format, payload), options));
    } catch (error) {
      throw refusalOf(error);
    }
  }

  return {
    async simulateMappingV2(call) {
      await access.requireGrant(call, 'integration:view');
      return simulate(call.tenant, () => compileMapping(call.body.event_configuration), call.body);
    },

    async simulateMapping(call) {
      await access.requireGrant(call, 'integration:view');
      const { mapping_configuration: configuration, object_type: objectType } = call.body;
      return simulate(call.tenant, () => compileVersionedMapping(configuration, objectType), call.body);
    },
  };
}

/** The attributes a search can find, by schema. */
function attributesOf(schemas: OrganisationSchemas): (slug: string) => ReadonlySet<string> | undefined {
  const known = new Map<string, ReadonlySet<string> | undefined>();
  return (slug) => {
    if (!known.has(slug)) {
      const schema = schemas.find(slug);
      known.set(slug, schema && new Set(schema.attributes.map(({ name }) => name)));
    }
    return known.get(slug);
  };
}

/** What is wrong with configuration or payload is 422 here; everything else stays what it is. */
function refusalOf(error: unknown): unknown {
  if (error instanceof MappingConfigurationError) {
    const errors = error.issues.map(({ path, message, position }) => ({
      path,
      message: position === undefined ? message : `${message} (position ${position})`,
    }));
    return unprocessable(error.message, error.code, errors);
  }
  return error instanceof MalformedPayloadError ? unprocessable(error.message, error.code) : error;
}
