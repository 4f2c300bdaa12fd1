import { isDeepStrictEqual } from 'node:util';
import { ExpressionCage } from '@busbar/jsonata';
import { compileMapping, type MappingResult, mapPayload } from '@busbar/mapping';
import jsonata from 'jsonata';
import { type BenchField, benchFields, benchPayload } from './field-configurations.ts';
import { callsPerSecond } from './rounds.ts';
import { reportXml } from './xml.ts';

/**
 * Events per second through compiled mappings, beside the same fields evaluated with the `jsonata` library in the same
 * run: once field by field (what its users write first) and once as a single object expression (the best it can do).
 * Then megabytes of XML per second. Results must be equal before speed counts.
 * Run with `node bench/mapping/mapping.bench.ts`; `--quick` does fewer rounds.
 */
const VARIANTS = 64;

const cage = new ExpressionCage();
const evaluator = cage.forTenant('bench');

console.log(`Mapping one event to one update, events per second, Node ${process.version}`);
console.log(
  'fields   mapped/s   jsonata per field/s   ratio   jsonata one object/s   ratio   answers at once',
);
for (const count of [10, 40, 120]) await reportMapping(count);
await reportXml();
await cage.close();

async function reportMapping(count: number): Promise<void> {
  const fields = benchFields(count);
  const payloads = Array.from({ length: VARIANTS }, (_, variant) => benchPayload(count, variant));
  const payload = (call: number): Record<string, unknown> => payloads[call % VARIANTS] ?? {};
  const entity = { entity_schema: 'contract', unique_ids: ['number_0'], fields };
  const plan = compileMapping({ entities: [entity] });
  const perField = naivePerField(fields);
  const oneObject = jsonata(
    `{${fields.map((field) => `"${field.attribute}": ${sourceOf(field)}`).join(', ')}}`,
  );
  await requireEqual(payloads, async (each) => {
    const mapped = await mapPayload(plan, each, { evaluator });
    return [mapped, await perField(each), await oneObject.evaluate(each)];
  });
  const immediate = !(mapPayload(plan, payload(0), { evaluator }) instanceof Promise);
  const [mapped = 0, naive = 0, object = 0] = await callsPerSecond([
    immediate
      ? (calls) => {
          for (let call = 0; call < calls; call += 1) mapPayload(plan, payload(call), { evaluator });
        }
      : async (calls) => {
          for (let call = 0; call < calls; call += 1) await mapPayload(plan, payload(call), { evaluator });
        },
    async (calls) => {
      for (let call = 0; call < calls; call += 1) await perField(payload(call));
    },
    async (calls) => {
      for (let call = 0; call < calls; call += 1) await oneObject.evaluate(payload(call));
    },
  ]);
  const row = [
    String(count).padStart(6),
    mapped.toFixed(0).padStart(10),
    naive.toFixed(0).padStart(21),
    `${(mapped / naive).toFixed(1)}x`.padStart(7),
    object.toFixed(0).padStart(22),
    `${(mapped / object).toFixed(1)}x`.padStart(7),
    (immediate ? 'yes' : 'no').padStart(17),
  ];
  console.log(row.join(' '));
}

/** Plain names are read directly, everything else by an expression that was parsed before. */
function naivePerField(fields: readonly BenchField[]): (payload: Record<string, unknown>) => Promise<object> {
  const readers = fields.map((field) => {
    const expression = jsonata(sourceOf(field));
    const name = field.field?.startsWith('$') ? undefined : field.field;
    return { attribute: field.attribute, name, expression };
  });
  return async (payload) => {
    const attributes: Record<string, unknown> = {};
    for (const { attribute, name, expression } of readers) {
      const value: unknown = name === undefined ? await expression.evaluate(payload) : payload[name];
      if (value !== undefined) attributes[attribute] = value;
    }
    return attributes;
  };
}

/** The field as JSONata. */
function sourceOf({ field, jsonataExpression }: BenchField): string {
  return `(${jsonataExpression ?? (field ?? '').replace(/\['(\w+)'\]/g, '.$1')})`;
}

async function requireEqual(
  payloads: readonly Record<string, unknown>[],
  run: (payload: Record<string, unknown>) => Promise<[MappingResult, unknown, unknown]>,
): Promise<void> {
  for (const payload of payloads) {
    const [mapped, perField, oneObject] = await run(payload);
    const attributes = mapped.entityUpdates[0]?.attributes;
    const equal =
      isDeepStrictEqual(attributes, perField) && isDeepStrictEqual({ ...attributes }, asPlain(oneObject));
    if (!equal || mapped.problems.length > 0) throw new Error('the candidates do not agree');
  }
}

function asPlain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
