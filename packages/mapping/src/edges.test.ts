import { readdirSync, readFileSync } from 'node:fs';
import { type Evaluator, ExpressionCage } from '@busbar/jsonata';
import { afterAll, describe, expect, it } from 'vitest';
import {
  compileMapping,
  compileVersionedMapping,
  MalformedPayloadError,
  MappingConfigurationError,
  type MappingSimulation,
  mapPayload,
  parsePayload,
  toSimulation,
} from './index.ts';

/** A case of golden/edges: its answer was decided from the specification (`why` names the section), not taken from the engine. */
interface Edge {
  readonly name: string;
  readonly why: string;
  readonly configuration?: unknown;
  readonly mapping_configuration?: unknown;
  readonly object_type?: string;
  readonly format?: 'xml';
  readonly payload: unknown;
  readonly expected:
    | { readonly refused: true }
    | {
        readonly entity_updates: readonly unknown[];
        readonly meter_readings_updates?: readonly unknown[];
        readonly prune_scope_updates?: readonly unknown[];
        readonly meter_readings_prune_scope_updates?: readonly unknown[];
        /** Schema and field, in any order. */
        readonly warnings: readonly (readonly [string, string])[];
      };
}

const folder = new URL('../golden/edges/', import.meta.url);
const schemas: Record<string, string[]> = JSON.parse(
  readFileSync(new URL('../golden/schemas.json', import.meta.url), 'utf8'),
);
const cage = new ExpressionCage();
afterAll(() => cage.close());

/** The answer of a simulation; undefined where configuration or payload is refused. */
async function simulate(edge: Edge, evaluator: Evaluator): Promise<MappingSimulation | undefined> {
  try {
    const plan =
      edge.object_type === undefined
        ? compileMapping(edge.configuration)
        : compileVersionedMapping(edge.mapping_configuration, edge.object_type);
    const schemaAttributes = (slug: string) => (schemas[slug] ? new Set(schemas[slug]) : undefined);
    const payload = parsePayload(edge.format ?? 'json', edge.payload);
    return toSimulation(await mapPayload(plan, payload, { evaluator, schemaAttributes }));
  } catch (error) {
    if (error instanceof MappingConfigurationError || error instanceof MalformedPayloadError)
      return undefined;
    throw error;
  }
}

const sorted = (pairs: readonly (readonly [string, string])[]) => pairs.map((pair) => pair.join('.')).sort();

for (const file of readdirSync(folder)) {
  const edges: readonly Edge[] = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  describe(`edges: ${file.replace('.json', '')}`, () => {
    for (const edge of edges) {
      it(`${edge.name} (${edge.why})`, async () => {
        const answer = await simulate(edge, cage.forTenant('edges'));
        const { expected } = edge;
        if ('refused' in expected) return expect(answer).toBeUndefined();
        expect(answer).toEqual({
          entity_updates: expected.entity_updates,
          meter_readings_updates: expected.meter_readings_updates ?? [],
          prune_scope_updates: expected.prune_scope_updates ?? [],
          meter_readings_prune_scope_updates: expected.meter_readings_prune_scope_updates ?? [],
          warnings: expect.any(Array),
        });
        const pairs = answer?.warnings.map(({ entity_schema, field }) => [entity_schema, field] as const);
        expect(sorted(pairs ?? [])).toEqual(sorted(expected.warnings));
      });
    }
  });
}
