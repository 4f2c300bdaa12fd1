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
import { isRecord } from './json/record.ts';

interface Vector {
  readonly name: string;
  readonly operation: string;
  readonly request: Record<string, unknown>;
  readonly expected: Record<string, unknown>;
}

const folder = new URL('../golden/vectors/', import.meta.url);
const schemas: Record<string, string[]> = JSON.parse(
  readFileSync(new URL('../golden/schemas.json', import.meta.url), 'utf8'),
);
const cage = new ExpressionCage();
afterAll(() => cage.close());

/** The answer of a simulation, or undefined where an endpoint would refuse with 400 or 422. */
async function simulate(vector: Vector, evaluator: Evaluator): Promise<MappingSimulation | undefined> {
  const { request } = vector;
  try {
    const plan =
      vector.operation === 'simulateMapping'
        ? compileVersionedMapping(request.mapping_configuration, String(request.object_type))
        : compileMapping(request.event_configuration);
    const payload = parsePayload(request.format === 'xml' ? 'xml' : 'json', request.payload);
    const schemaAttributes = (slug: string) => (schemas[slug] ? new Set(schemas[slug]) : undefined);
    return toSimulation(await mapPayload(plan, payload, { evaluator, schemaAttributes }));
  } catch (error) {
    if (error instanceof MappingConfigurationError || error instanceof MalformedPayloadError)
      return undefined;
    throw error;
  }
}

/** What is compared of an update: everything, but `mode` only where the vector names it. */
function comparable(actual: readonly object[], expected: unknown): unknown[] {
  const wanted: readonly unknown[] = Array.isArray(expected) ? expected : [];
  return actual.map((update, index) => {
    const named = wanted[index];
    return isRecord(named) && 'mode' in named ? update : { ...update, mode: undefined };
  });
}

function pairs(warnings: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(warnings) ? warnings : [];
  return list.map((each) => (isRecord(each) ? `${each.entity_schema}.${each.field}` : '')).sort();
}

function matches(vector: Vector, answer: MappingSimulation | undefined): void {
  const { expected } = vector;
  expect(answer === undefined).toBe(expected.status !== 200);
  if (!answer) return;
  expect(comparable(answer.entity_updates, expected.entity_updates)).toEqual(expected.entity_updates);
  expect(comparable(answer.meter_readings_updates, expected.meter_readings_updates)).toEqual(
    expected.meter_readings_updates ?? [],
  );
  for (const list of ['prune_scope_updates', 'meter_readings_prune_scope_updates'] as const) {
    if (list in expected) expect(answer[list]).toEqual(expected[list]);
  }
  if ('warnings' in expected) expect(pairs(answer.warnings)).toEqual(pairs(expected.warnings));
  for (const { message } of answer.warnings) expect(message).not.toBe('');
}

describe('golden vectors', () => {
  for (const file of readdirSync(folder)) {
    const vector: Vector = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    it(vector.name, async () => {
      matches(vector, await simulate(vector, cage.forTenant('golden')));
    });
    it(`${vector.name}, with every answer by promise`, async () => {
      const direct = cage.forTenant('golden');
      const later: Evaluator = { evaluate: async (expression, scope) => direct.evaluate(expression, scope) };
      matches(vector, await simulate(vector, later));
    });
  }
});
